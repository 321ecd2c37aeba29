import { Skeleton } from '@mantine/core';
import { IconNote, IconPin, IconStar, IconStarFilled } from '@tabler/icons-react';
import { memo } from 'react';
import { Link } from 'react-router';
import type { Run } from '../../../electron/contract/run.ts';
import type { TableRow } from '../../data/run-table.ts';
import type { Column } from '../../lib/run-columns.ts';
import { type RowActs, RunCell, Tags } from './cells.tsx';
import { RunMenu } from './run-menu.tsx';
import classes from './run-table.module.css';

interface Props {
  readonly id: string;
  /** null while it is on its way. */
  readonly row: TableRow | null;
  /** From 1, the head's row. */
  readonly place: number;
  readonly columns: readonly Column[];
  readonly selected: boolean;
  /** Whether the keyboard is here. */
  readonly current: boolean;
  /** Whether it is the baseline. */
  readonly pinned: boolean;
  readonly inset: boolean;
  readonly acts: RowActs;
  readonly onFocus: (id: string) => void;
  readonly onToggle: (runIds: readonly string[]) => void;
}

/** Drawn anew only when its run changes: a run at work moves several times a second. */
export const RunRow = memo(function RunRow(props: Props): React.JSX.Element {
  const { id, row, place, columns, selected, current, pinned, inset, acts, onFocus, onToggle } = props;
  return (
    <tr
      className={classes.row}
      aria-rowindex={place}
      aria-selected={selected}
      {...(current ? { 'data-current': true } : {})}
      {...(inset ? { 'data-inset': true } : {})}
      tabIndex={current ? 0 : -1}
      onFocus={() => onFocus(id)}
    >
      <td>
        <span className={classes.marks}>
          <input
            type="checkbox"
            tabIndex={-1}
            className={classes.check}
            aria-label={`Select ${row?.run.name ?? 'the run'}`}
            checked={selected}
            onChange={() => onToggle([id])}
          />
          {row && <Star run={row.run} acts={acts} />}
        </span>
      </td>
      <td className={classes.name}>
        {row ? <Name run={row.run} pinned={pinned} acts={acts} /> : <Skeleton height={12} width="60%" />}
      </td>
      {columns.map(({ field, number }, i) => (
        <td key={field.name} className={number ? 'number' : ''}>
          {row && (
            <RunCell
              field={field}
              cell={row.cells[i] ?? null}
              delta={row.deltas[i] ?? null}
              run={row.run}
              acts={acts}
            />
          )}
        </td>
      ))}
      <td>{row && <RunMenu run={row.run} pinned={pinned} />}</td>
    </tr>
  );
});

function Star({ run, acts }: { readonly run: Run; readonly acts: RowActs }): React.JSX.Element {
  const Icon = run.starred ? IconStarFilled : IconStar;
  return (
    <button
      type="button"
      tabIndex={-1}
      className={classes.star}
      aria-pressed={run.starred}
      aria-label={`Star ${run.name}`}
      onClick={() => acts.star(run)}
    >
      <Icon size={15} aria-hidden />
    </button>
  );
}

function origins(run: Run): string {
  return [
    run.baseName && `${run.stage === 'evaluate' ? 'of' : 'from'} ${run.baseName}`,
    run.corpusName ?? run.questionsName,
    run.origin === 'imported' ? 'imported' : null,
  ]
    .filter(Boolean)
    .join(' · ');
}

interface NameProps {
  readonly run: Run;
  readonly pinned: boolean;
  readonly acts: RowActs;
}

function Name({ run, pinned, acts }: NameProps): React.JSX.Element {
  return (
    <>
      <span className={classes.title}>
        {pinned && <IconPin size={14} aria-label="The baseline" />}
        <Link to={`/runs/${run.id}`} className={`ellipsis ${classes.open}`} title={run.name} tabIndex={-1}>
          {run.name}
        </Link>
        {run.notes !== '' && (
          <span title={run.notes} className={classes.note}>
            <IconNote size={14} aria-label="Has notes" />
          </span>
        )}
        {run.archived && <span className={classes.archived}>archived</span>}
      </span>
      <span className={classes.under}>
        <Tags tags={run.tags} acts={acts} />
        <span className="ellipsis" title={origins(run)}>
          {origins(run)}
        </span>
      </span>
    </>
  );
}

interface BaselineProps {
  readonly row: TableRow;
  readonly columns: readonly Column[];
  readonly acts: RowActs;
}

/** The pinned run, always in sight below the head. */
export function BaselineRow({ row, columns, acts }: BaselineProps): React.JSX.Element {
  return (
    <tr className={classes.row} data-baseline aria-label="The baseline">
      <td>
        <span className={classes.marks}>
          <IconPin size={15} aria-hidden className={classes.pin ?? ''} />
        </span>
      </td>
      <td className={classes.name}>
        <span className={classes.title}>
          <Link to={`/runs/${row.run.id}`} className={`ellipsis ${classes.open}`}>
            {row.run.name}
          </Link>
        </span>
        <span className={classes.under}>Baseline</span>
      </td>
      {columns.map(({ field, number }, i) => (
        <td key={field.name} className={number ? 'number' : ''}>
          <RunCell field={field} cell={row.cells[i] ?? null} delta={null} run={row.run} acts={acts} />
        </td>
      ))}
      <td>
        <RunMenu run={row.run} pinned />
      </td>
    </tr>
  );
}
