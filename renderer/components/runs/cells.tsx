import { ActionIcon } from '@mantine/core';
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import type { Run } from '../../../electron/contract/run.ts';
import type { Cell, TableField } from '../../../electron/contract/run-table.ts';
import {
  formatCompact,
  formatDuration,
  formatNumber,
  formatRoughDuration,
  formatShare,
} from '../../lib/format.ts';
import { formatWithUnit } from '../../lib/metric-text.ts';
import { Ago } from '../common/ago.tsx';
import { RunProgress } from './run-progress.tsx';
import classes from './run-table.module.css';
import { StageBadge } from './stage-badge.tsx';
import { StateBadge } from './state-badge.tsx';

/** What a click in a row asks for. */
export interface RowActs {
  /** Filters by a value of a field. */
  readonly filter: (field: string, value: string) => void;
  readonly star: (run: Run) => void;
  readonly move: (run: Run, to: 'up' | 'down') => void;
}

const SHARES: ReadonlySet<string> = new Set([
  'evaluation.accuracy',
  'evaluation.easy',
  'evaluation.medium',
  'evaluation.hard',
  'evaluation.truncated',
]);

/** A number as its column shows it. */
export function numberText({ name, kind, unit }: TableField, value: number | null, digits = 3): string {
  if (value === null) return '–';
  if (kind === 'duration') return name === 'remaining' ? formatRoughDuration(value) : formatDuration(value);
  if (name.startsWith('metrics.')) return metricText(unit, value, digits);
  if (SHARES.has(name) || (name.startsWith('evaluation.score.') && unit === 'share'))
    return formatShare(value);
  if (name === 'progress') return formatShare(value, 0);
  if (name === 'parameters') return formatCompact(value);
  if (name === 'seed') return String(value);
  return formatNumber(value, name.startsWith('evaluation.') ? digits : 4);
}

/** Units that say something beside the number; the others are in the head of the column. */
function metricText(unit: string | null, value: number, digits: number): string {
  if (unit === 's' || unit === 'bytes' || unit === 'FLOP' || unit === 'share')
    return formatWithUnit(value, unit);
  return Math.abs(value) >= 10_000 ? formatCompact(value) : formatNumber(value, digits);
}

interface Props {
  readonly field: TableField;
  readonly cell: Cell;
  readonly delta: number | null;
  readonly run: Run;
  readonly acts: RowActs;
}

/** One cell, as its field wants to be seen; words filter by themselves when clicked. */
export function RunCell({ field, cell, delta, run, acts }: Props): React.ReactNode {
  switch (field.name) {
    case 'stage':
      return (
        <Filter field="stage" value={run.stage} acts={acts}>
          <StageBadge stage={run.stage} />
        </Filter>
      );
    case 'state':
      return (
        <Filter field="state" value={run.state} acts={acts}>
          <StateBadge run={run} />
        </Filter>
      );
    case 'progress':
      return <RunProgress run={run} />;
    case 'tag':
      return <Tags tags={run.tags} acts={acts} />;
    case 'queue':
      return <QueuePlace run={run} acts={acts} />;
    default:
  }
  if (field.kind === 'number' || field.kind === 'duration') {
    const value = typeof cell === 'number' ? cell : null;
    return (
      <>
        {numberText(field, value)}
        {delta !== null && delta !== 0 && <Delta field={field} delta={delta} />}
      </>
    );
  }
  if (field.kind === 'time') {
    return cell === null ? '–' : <Ago atMs={Number(cell)} />;
  }
  if (field.kind === 'boolean') return cell === null ? '–' : cell ? 'yes' : 'no';
  const text = cell === null ? null : String(cell);
  if (text !== null && (field.name === 'sweep' || field.name === 'base' || field.name === 'corpus')) {
    return (
      <Filter field={field.name} value={text} acts={acts}>
        {text}
      </Filter>
    );
  }
  return (
    <div className="ellipsis" title={text ?? undefined}>
      {text ?? '–'}
    </div>
  );
}

/** The difference to the baseline: by its sign, an arrow's direction, and whether it is for the better. */
function Delta({ field, delta }: { readonly field: TableField; readonly delta: number }): React.JSX.Element {
  const better = field.better === null ? null : delta > 0 === (field.better === 'higher');
  const verdict = better === null ? 'other' : better ? 'better' : 'worse';
  const size = numberText(field, Math.abs(delta), 2);
  return (
    <span
      className={classes.delta}
      data-verdict={verdict}
      title={`${delta > 0 ? '+' : '−'}${size} against the baseline${better === null ? '' : `: ${verdict}`}`}
    >
      {delta > 0 ? '+' : '−'}
      {size}
    </span>
  );
}

interface FilterProps {
  readonly field: string;
  readonly value: string;
  readonly acts: RowActs;
  readonly children: React.ReactNode;
}

function Filter({ field, value, acts, children }: FilterProps): React.JSX.Element {
  return (
    <button
      type="button"
      tabIndex={-1}
      className={classes.filter}
      title={`Show only ${field}: ${value}`}
      onClick={() => acts.filter(field, value)}
    >
      {children}
    </button>
  );
}

export function Tags({
  tags,
  acts,
}: {
  readonly tags: readonly string[];
  readonly acts: RowActs;
}): React.JSX.Element | null {
  if (tags.length === 0) return null;
  return (
    <span className={classes.tags}>
      {tags.map((tag) => (
        <button
          key={tag}
          type="button"
          tabIndex={-1}
          className={classes.tag}
          title={`Show only tag: ${tag}`}
          onClick={() => acts.filter('tag', tag)}
        >
          {tag}
        </button>
      ))}
    </span>
  );
}

function QueuePlace({ run, acts }: { readonly run: Run; readonly acts: RowActs }): React.ReactNode {
  if (run.queuePosition === null) return '–';
  return (
    <span className={classes.place}>
      <span className="tabular">{run.queuePosition}</span>
      <ActionIcon
        size="sm"
        variant="subtle"
        color="gray"
        tabIndex={-1}
        aria-label={`Move ${run.name} up in the queue`}
        disabled={run.queuePosition === 1}
        onClick={() => acts.move(run, 'up')}
      >
        <IconArrowUp size={14} />
      </ActionIcon>
      <ActionIcon
        size="sm"
        variant="subtle"
        color="gray"
        tabIndex={-1}
        aria-label={`Move ${run.name} down in the queue`}
        onClick={() => acts.move(run, 'down')}
      >
        <IconArrowDown size={14} />
      </ActionIcon>
    </span>
  );
}
