import {
  Alert,
  Button,
  FileButton,
  Group,
  List,
  Modal,
  Stack,
  TagsInput,
  Text,
  TextInput,
} from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconFile, IconFileImport, IconFolder } from '@tabler/icons-react';
import { useState } from 'react';
import type { Output } from '../../../electron/contract.ts';
import { call, importSourceOf } from '../../api.ts';
import { showDone } from '../../data/announce.tsx';
import { formatPlural } from '../../lib/format.ts';
import { cleanPath } from '../../lib/outgoing.ts';
import { ErrorNotice } from '../common/error-notice.tsx';

/** Brings in logs of other tools as runs. */
export function ImportRuns(): React.JSX.Element {
  const [opened, { open, close }] = useDisclosure(false);
  return (
    <>
      <Button variant="default" leftSection={<IconFileImport size={16} aria-hidden />} onClick={open}>
        Import runs
      </Button>
      {opened && <ImportDialog onClose={close} />}
    </>
  );
}

function ImportDialog({ onClose }: { readonly onClose: () => void }): React.JSX.Element {
  const [name, setName] = useState('');
  const [tags, setTags] = useState<string[]>([]);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<Error | null>(null);
  const [result, setResult] = useState<Output<'runs.import'> | null>(null);
  const take = (files: File[]): void => {
    if (files.length === 0) return;
    setBusy(true);
    setError(null);
    read(files, name.trim(), tags)
      .then((imported) => {
        showDone(`${formatPlural(imported.runs.length, 'run')} imported.`);
        if (imported.files.some(({ problems }) => problems.length > 0)) setResult(imported);
        else onClose();
      })
      .catch((reason: Error) => setError(reason))
      .finally(() => setBusy(false));
  };
  return (
    <Modal opened onClose={onClose} title="Import runs" size="lg">
      <Stack gap="sm">
        <Text size="sm">
          TensorBoard event files (a run for each folder), <code>trainer_state.json</code> of Hugging Face’s
          Trainer and TRL, and JSON Lines logs become finished runs, to be charted and compared with those
          trained here.
        </Text>
        <TextInput
          label="Name"
          placeholder="As their folder or file is called"
          value={name}
          maxLength={100}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <TagsInput label="Tags" value={tags} onChange={setTags} splitChars={[',', ' ']} acceptValueOnBlur />
        {error && <ErrorNotice error={error} />}
        {result && <Problems files={result.files} />}
        <Group justify="flex-end" gap="xs">
          <FileButton multiple onChange={take} inputProps={{ 'aria-label': 'Choose log files' }}>
            {(props) => (
              <Button
                {...props}
                variant="default"
                loading={busy}
                leftSection={<IconFile size={16} aria-hidden />}
              >
                Choose files
              </Button>
            )}
          </FileButton>
          <FileButton
            multiple
            onChange={take}
            inputProps={{ 'aria-label': 'Choose a folder of logs', ...{ webkitdirectory: '' } }}
          >
            {(props) => (
              <Button {...props} loading={busy} leftSection={<IconFolder size={16} aria-hidden />}>
                Choose a folder
              </Button>
            )}
          </FileButton>
        </Group>
      </Stack>
    </Modal>
  );
}

async function read(
  files: readonly File[],
  name: string,
  tags: readonly string[],
): Promise<Output<'runs.import'>> {
  const outgoing = files.map((file) => ({ file, path: cleanPath(file.webkitRelativePath || file.name) }));
  const source = await importSourceOf(outgoing, () => undefined, new AbortController().signal);
  return call('runs.import', { source, name: name || null, tags: [...tags] });
}

function Problems({ files }: { readonly files: Output<'runs.import'>['files'] }): React.JSX.Element {
  const bad = files.filter(({ problems }) => problems.length > 0);
  return (
    <Alert color="yellow" title="Not everything was read">
      <List size="sm">
        {bad.map(({ path, problems }) => (
          <List.Item key={path}>
            <strong>{path}</strong>: {problems.join('; ')}
          </List.Item>
        ))}
      </List>
    </Alert>
  );
}
