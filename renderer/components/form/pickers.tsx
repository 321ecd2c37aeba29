import { Select } from '@mantine/core';
import type { Checkpoint } from '../../../electron/contract/checkpoints.ts';
import type { Corpus } from '../../../electron/contract/corpora.ts';
import type { Run, RunBase } from '../../../electron/contract/run.ts';
import { stageDeclarations } from '../../../trainer/config/stages.ts';
import { checkpointLabel } from '../../lib/checkpoint-text.ts';
import { formatCount } from '../../lib/format.ts';
import { baseFromText, baseToText } from '../../lib/run-draft.ts';
import { isOver } from '../../lib/run-state.ts';

interface CorpusPickerProps {
  readonly label: string;
  readonly description: string;
  readonly kind: Corpus['kind'];
  readonly corpora: readonly Corpus[];
  readonly value: string | null;
  readonly required: boolean;
  readonly error: string | null;
  readonly onChange: (corpusId: string | null) => void;
}

export function CorpusPicker(props: CorpusPickerProps): React.JSX.Element {
  const { label, description, kind, corpora, value, required, error, onChange } = props;
  const data = corpora
    .filter((corpus) => corpus.kind === kind && corpus.state === 'ready')
    .map((corpus) => ({ value: corpus.id, label: `${corpus.name} (${formatCount(corpus.trainDocuments)})` }));
  return (
    <Select
      label={label}
      description={description}
      withAsterisk={required}
      clearable={!required}
      searchable
      placeholder={data.length > 0 ? 'Choose' : `No ${kind} imported yet`}
      value={value}
      error={error}
      data={data}
      onChange={onChange}
    />
  );
}

interface BasePickerProps {
  readonly label: string;
  readonly description: string;
  readonly placeholder: string;
  readonly checkpoints: readonly Checkpoint[];
  readonly runs: readonly Run[];
  readonly value: RunBase | null;
  readonly required: boolean;
  readonly error: string | null;
  readonly onChange: (base: RunBase | null) => void;
}

/** A checkpoint, or the one that a run still waiting or working will end with. */
export function BasePicker(props: BasePickerProps): React.JSX.Element {
  const { label, description, placeholder, checkpoints, runs, value, required, error, onChange } = props;
  const option = (checkpoint: Checkpoint): { value: string; label: string } => ({
    value: `checkpoint:${checkpoint.id}`,
    label: checkpointLabel(checkpoint),
  });
  const groups = [
    { group: 'Final checkpoints', items: checkpoints.filter(({ final }) => final).map(option) },
    {
      group: 'What these runs will end with',
      items: runs
        .filter((run) => run.stage !== 'evaluate' && !isOver(run.state))
        .map((run) => ({
          value: `run:${run.id}`,
          label: `${run.name} (${stageDeclarations[run.stage].label})`,
        })),
    },
    { group: 'Checkpoints on the way', items: checkpoints.filter(({ final }) => !final).map(option) },
  ];
  return (
    <Select
      label={label}
      description={description}
      withAsterisk={required}
      clearable={!required}
      searchable
      placeholder={placeholder}
      value={baseToText(value)}
      error={error}
      data={groups.filter(({ items }) => items.length > 0)}
      onChange={(next) => onChange(baseFromText(next))}
    />
  );
}
