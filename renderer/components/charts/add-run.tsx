import { IconPlus } from '@tabler/icons-react';
import { useMemo } from 'react';
import type { Run } from '../../../electron/contract/run.ts';
import { useContract } from '../../data/queries.ts';
import { groupBy } from '../../lib/collections.ts';
import { Select } from '../common/select.tsx';

interface Props {
  /** Runs already there. */
  readonly present: readonly string[];
  readonly label: string;
  readonly onAdd: (runId: string) => void;
  readonly width?: number;
}

/** Offers every run that has curves. */
export function AddRun({ present, label, onAdd, width }: Props): React.JSX.Element {
  // As every page asks for it: a second list of a thousand runs would hold the window up.
  const runs = useContract('runs.list', {});
  const options = useMemo(() => optionsOf(runs.data ?? [], present), [runs.data, present]);
  return (
    <Select
      size="xs"
      {...(width ? { w: width } : {})}
      aria-label={label}
      placeholder={label}
      leftSection={<IconPlus size={14} aria-hidden />}
      searchable
      limit={50}
      nothingFoundMessage="No other run"
      value={null}
      onChange={(id) => id && onAdd(id)}
      data={options}
    />
  );
}

function optionsOf(runs: readonly Run[], present: readonly string[]): { value: string; label: string }[] {
  const away = new Set(present);
  const offered = runs.filter((run) => run.stage !== 'evaluate' && !away.has(run.id));
  const alike = groupBy(offered, (run) => run.name);
  return offered.map((run) => ({
    value: run.id,
    label: (alike.get(run.name)?.length ?? 0) > 1 ? `${run.name} (seed ${run.seed}, ${run.id})` : run.name,
  }));
}
