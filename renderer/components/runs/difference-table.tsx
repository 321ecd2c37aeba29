import { ActionIcon } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { Fragment } from 'react';
import type { RunDifference } from '../../../electron/contract/run-acts.ts';
import type { Output } from '../../../electron/contract.ts';
import { PageLink } from '../common/link.tsx';
import { Panel } from '../common/panel.tsx';
import { PaperSymbol } from '../common/symbol.tsx';
import classes from './difference-table.module.css';

const SECTIONS = [
  ['run', 'Run'],
  ['inputs', 'Inputs'],
  ['settings', 'Settings'],
  ['circumstances', 'Circumstances'],
] as const;

interface Props {
  readonly data: Output<'runs.diff'>;
  readonly onDrop: (runId: string) => void;
}

export function DifferenceTable({ data, onDrop }: Props): React.JSX.Element {
  const { runs, rows } = data;
  return (
    <Panel bare>
      <div className={classes.scroller}>
        <table
          className={classes.table}
          aria-label="Differences"
          style={{ minWidth: 240 + runs.length * 130 }}
        >
          <thead>
            <tr>
              <th scope="col">
                <span className="visually-hidden">What</span>
              </th>
              {runs.map((run) => (
                <th key={run.id} scope="col">
                  <span className={classes.run}>
                    <PageLink to={`/runs/${run.id}`} size="sm" fw={600} className="ellipsis" title={run.name}>
                      {run.name}
                    </PageLink>
                    {runs.length > 1 && (
                      <ActionIcon
                        size="xs"
                        variant="subtle"
                        color="gray"
                        aria-label={`Take ${run.name} away`}
                        onClick={() => onDrop(run.id)}
                      >
                        <IconX size={13} />
                      </ActionIcon>
                    )}
                  </span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {SECTIONS.map(([section, title]) => {
              const own = rows.filter((row) => row.section === section);
              if (own.length === 0) return null;
              return (
                <Fragment key={section}>
                  <tr>
                    <th colSpan={runs.length + 1} scope="colgroup" className={classes.section}>
                      {title}
                    </th>
                  </tr>
                  {own.map((row) => (
                    <Row key={row.name} row={row} runIds={runs.map(({ id }) => id)} />
                  ))}
                </Fragment>
              );
            })}
          </tbody>
        </table>
        {rows.length === 0 && <p className={classes.none}>They differ in nothing.</p>}
      </div>
    </Panel>
  );
}

const textOf = (value: RunDifference['values'][number] | undefined): string | null =>
  value?.kind === 'value' ? value.text : null;

/** What is not as in the first run is marked. */
function Row({
  row,
  runIds,
}: {
  readonly row: RunDifference;
  readonly runIds: readonly string[];
}): React.JSX.Element {
  const { name, label, symbol, values, differs } = row;
  return (
    <tr>
      <th scope="row" title={name}>
        {label} {symbol && <PaperSymbol text={symbol} />}
      </th>
      {runIds.map((id, i) => {
        const value = values[i];
        const apart = differs && textOf(value) !== textOf(values[0]) ? { 'data-apart': true } : {};
        if (!value || value.kind === 'absent') {
          return (
            <td key={id} className={classes.absent} {...apart}>
              –
            </td>
          );
        }
        return (
          <td key={id} title={value.isDefault === true ? 'The default' : undefined} {...apart}>
            <span className={value.isDefault === true ? classes.usual : ''}>{value.text}</span>
          </td>
        );
      })}
    </tr>
  );
}
