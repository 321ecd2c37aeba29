import {
  Alert,
  Button,
  Group,
  Modal,
  NumberInput,
  SegmentedControl,
  Select,
  Stack,
  Text,
  TextInput,
} from '@mantine/core';
import { useId, useRef, useState } from 'react';
import { useNavigate } from 'react-router';
import { SPLIT_ON } from '../../../electron/contract/corpora.ts';
import type { Input } from '../../../electron/contract.ts';
import { call, importSourceOf, type OutgoingFile } from '../../api.ts';
import { formatBytes, formatPlural } from '../../lib/format.ts';
import { countFormats, holdRecords, holdText, suggestName } from '../../lib/outgoing.ts';
import { ErrorNotice } from '../common/error-notice.tsx';
import { SendingProgress } from './sending-progress.tsx';

interface Props {
  readonly files: readonly OutgoingFile[];
  readonly onClose: () => void;
}

type Options = Omit<Input<'corpora.import'>, 'source'>;
type Kind = NonNullable<Options['kind']>;
type SplitOn = NonNullable<Options['splitOn']>;

const SPLITS: Readonly<Record<SplitOn, string>> = {
  file: 'Each file is one document',
  'blank-line': 'Each paragraph is one: split at blank lines',
  'percent-line': 'Split at lines that hold only “%” (fortunes)',
};

/** Asks how dropped files become a corpus, sends them, and opens the corpus while the host reads it. */
export function ImportDialog({ files, onClose }: Props): React.JSX.Element {
  const paths = files.map(({ path }) => path);
  const bytes = files.reduce((sum, { file }) => sum + file.size, 0);
  const [name, setName] = useState(() => suggestName(paths));
  const [kind, setKind] = useState<Kind>('documents');
  const [fields, setFields] = useState({
    textField: 'text',
    questionField: 'question',
    answerField: 'answer',
  });
  const [splitOn, setSplitOn] = useState<SplitOn>('file');
  const [validationPercent, setValidationPercent] = useState<number>(10);
  const [sentBytes, setSentBytes] = useState<number | null>(null);
  const [error, setError] = useState<Error | null>(null);
  const cancel = useRef<AbortController | null>(null);
  const navigate = useNavigate();
  const kindLabel = useId();
  const sending = sentBytes !== null;
  const records = holdRecords(paths);

  const start = async (): Promise<void> => {
    const abort = new AbortController();
    cancel.current = abort;
    setError(null);
    setSentBytes(0);
    try {
      const source = await importSourceOf(files, setSentBytes, abort.signal);
      const options: Options = {
        name: name.trim(),
        kind,
        splitOn,
        ...fields,
        validationShare: validationPercent / 100,
      };
      const corpus = await call('corpora.import', { ...options, source });
      onClose();
      await navigate(`/corpora/${corpus.id}`);
    } catch (thrown) {
      setSentBytes(null);
      if (!abort.signal.aborted) setError(thrown instanceof Error ? thrown : new Error(String(thrown)));
    }
  };

  const close = (): void => {
    cancel.current?.abort();
    onClose();
  };

  return (
    <Modal opened onClose={close} title="Import a corpus" size="lg" closeOnClickOutside={!sending}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void start();
        }}
      >
        <Stack gap="md">
          <FileSummary paths={paths} bytes={bytes} />
          <TextInput
            label="Name"
            required
            maxLength={200}
            value={name}
            disabled={sending}
            data-autofocus
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <div>
            <Text size="sm" fw={500} id={kindLabel} mb={4}>
              What it holds
            </Text>
            <SegmentedControl
              aria-labelledby={kindLabel}
              value={kind}
              disabled={sending}
              onChange={(value) => setKind(value as Kind)}
              data={[
                { value: 'documents', label: 'Documents' },
                { value: 'questions', label: 'Questions with answers' },
              ]}
            />
            <Text size="xs" c="dimmed" mt={6}>
              {kind === 'documents'
                ? 'Text for pre-training, SFT, RMT, RPT and RLM. Each record of .jsonl, .json and .csv is one document.'
                : 'Questions with one checkable answer each, for post-training and evaluation. Needs .jsonl, .json or .csv.'}
            </Text>
          </div>
          <Fields kind={kind} records={records} fields={fields} disabled={sending} onChange={setFields} />
          {kind === 'documents' && holdText(paths) && (
            <Select
              label="Documents in .txt and .md files"
              allowDeselect={false}
              disabled={sending}
              value={splitOn}
              onChange={(value) => value && setSplitOn(value as SplitOn)}
              data={SPLIT_ON.map((value) => ({ value, label: SPLITS[value] }))}
            />
          )}
          <NumberInput
            label="Held out for validation"
            description="Chosen by the content’s hash, so the same text is always on the same side."
            suffix=" %"
            min={0}
            max={90}
            w={260}
            value={validationPercent}
            disabled={sending}
            onChange={(value) => setValidationPercent(Number(value) || 0)}
          />
          {error && <ErrorNotice error={error} />}
          {sentBytes !== null && <SendingProgress sentBytes={sentBytes} totalBytes={bytes} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
            <Button type="submit" loading={sending} disabled={name.trim() === ''}>
              Import
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

function FileSummary({
  paths,
  bytes,
}: {
  readonly paths: readonly string[];
  readonly bytes: number;
}): React.JSX.Element {
  const formats = countFormats(paths);
  const unknown = formats.filter(({ known }) => !known).reduce((sum, { files }) => sum + files, 0);
  return (
    <Stack gap={6}>
      <Text size="sm">
        {formatPlural(paths.length, 'file')}, {formatBytes(bytes)}:{' '}
        {formats
          .slice(0, 6)
          .map(({ format, files }) => `${files} ${format}`)
          .join(', ')}
      </Text>
      {unknown > 0 && unknown < paths.length && (
        <Text size="xs" c="dimmed">
          {formatPlural(unknown, 'file')} of other formats: left out, and listed with the reason.
        </Text>
      )}
      {unknown === paths.length && (
        <Alert color="yellow" title="None of these files has a format that can be read.">
          Midtrain reads .txt, .md, .jsonl, .json, .csv and gzip of these.
        </Alert>
      )}
    </Stack>
  );
}

interface FieldNames {
  readonly textField: string;
  readonly questionField: string;
  readonly answerField: string;
}

interface FieldsProps {
  readonly kind: Kind;
  readonly records: boolean;
  readonly fields: FieldNames;
  readonly disabled: boolean;
  readonly onChange: (fields: FieldNames) => void;
}

function Fields({ kind, records, fields, disabled, onChange }: FieldsProps): React.JSX.Element | null {
  if (kind === 'documents' && !records) return null;
  const names =
    kind === 'documents'
      ? ([['textField', 'Field that holds the text']] as const)
      : ([
          ['questionField', 'Field that holds the question'],
          ['answerField', 'Field that holds the answer'],
        ] as const);
  return (
    <Group grow align="flex-start">
      {names.map(([key, label]) => (
        <TextInput
          key={key}
          label={label}
          required
          disabled={disabled}
          value={fields[key]}
          onChange={(event) => onChange({ ...fields, [key]: event.currentTarget.value })}
        />
      ))}
    </Group>
  );
}
