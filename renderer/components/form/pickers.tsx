import { Select } from '@mantine/core';
import type { Checkpoint } from '../../../electron/contract/checkpoints.ts';
import type { Corpus } from '../../../electron/contract/corpora.ts';
import type { Run, RunBase } from '../../../electron/contract/run.ts';
import { stageDeclarations } from '../../../trainer/config/stages.ts';
import { checkpointLabel } from '../../lib/checkpoint-text.ts';
import { formatCount } from '../../lib/format.ts';
import { baseFromText, baseToText } from '../../lib/run-draft.ts';
import { isOver } from '../../lib/run-state.ts';

const LOADING = 'Loading …';

interface CorpusPickerProps {
  readonly label: string;
  readonly description: string;
  readonly kind: Corpus['kind'];
  /** null while they are on their way. */
  readonly corpora: readonly Corpus[] | null;
  readonly value: string | null;
  readonly required: boolean;
  readonly onChange: (corpusId: string | null) => void;
}

export function CorpusPicker(props: CorpusPickerProps): React.JSX.Element {
  const { label, description, kind, corpora, value, required, onChange } = props;
  const data = (corpora ?? [])
    .filter((corpus) => corpus.kind === kind && corpus.state === 'ready')
    .map((corpus) => ({ value: corpus.id, label: `${corpus.name} (${formatCount(corpus.trainDocuments)})` }));
  return (
    <Select
      label={label}
      description={description}
      withAsterisk={required}
      clearable={!required}
      searchable
      placeholder={corpora === null ? LOADING : data.length > 0 ? 'Choose' : `No ${kind} imported yet`}
      value={value}
      data={data}
      onChange={onChange}
    />
  );
}

interface BasePickerProps {
  readonly label: string;
  readonly description: string;
  readonly placeholder: string;
  /** null while they are on their way. */
  readonly checkpoints: readonly Checkpoint[] | null;
  readonly runs: readonly Run[];
  readonly value: RunBase | null;
  readonly required: boolean;
  readonly onChange: (base: RunBase | null) => void;
}

/** A checkpoint, or the one that a run still waiting or working will end with. */
export function BasePicker(props: BasePickerProps): React.JSX.Element {
  const { label, description, placeholder, runs, value, required, onChange } = props;
  const checkpoints = props.checkpoints ?? [];
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
      placeholder={props.checkpoints === null ? LOADING : placeholder}
      value={baseToText(value)}
      data={groups.filter(({ items }) => items.length > 0)}
      onChange={(next) => onChange(baseFromText(next))}
    />
  );
}
