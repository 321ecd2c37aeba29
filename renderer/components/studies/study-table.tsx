import { Table } from '@mantine/core';
import type { StudyTable as Shown, StudyUnit } from '../../../electron/contract/studies.ts';
import { limits, quantity, unitSign } from '../../../electron/contract/study-text.ts';
import { Panel } from '../common/panel.tsx';
import classes from './studies.module.css';

type Cell = Shown['rows'][number]['cells'][number];

/** Means with their intervals; the paper's figure stands below where there is one. */
export function StudyTable({ table }: { readonly table: Shown }): React.JSX.Element {
  const { title, note, published, columns, rows } = table;
  return (
    <Panel title={title} flush>
      <Table horizontalSpacing="md" verticalSpacing={7} className={classes.table ?? ''} aria-label={title}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Run</Table.Th>
            {columns.map(({ id, label, unit }) => (
              <Table.Th key={id} className="number">
                {label}
                {unit !== 'number' && <span className={classes.range}>{unitSign(unit)}</span>}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map(({ label, run, cells }) => (
            <Table.Tr key={`${run} ${label}`}>
              <Table.Th scope="row" fw={560}>
                {label}
              </Table.Th>
              {cells.map((cell, i) => (
                <Figure key={cell.column} cell={cell} unit={columns[i]?.unit ?? 'number'} />
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {(note ?? published) && (
        <div className={classes.note}>
          {note && <div>{note}</div>}
          {published && <div>Published figures: {published}</div>}
        </div>
      )}
    </Panel>
  );
}

function Figure({ cell, unit }: { readonly cell: Cell; readonly unit: StudyUnit }): React.JSX.Element {
  const { estimate, published } = cell;
  const basis = estimate && `${estimate.items} items, seeds: ${estimate.seeds}`;
  return (
    <Table.Td className="number" {...(basis ? { title: basis } : {})}>
      {estimate ? <strong>{quantity(estimate.mean, unit)}</strong> : '–'}
      {estimate && <span className={classes.range}>{limits(estimate, unit)}</span>}
      {published !== null && <span className={classes.range}>paper {published}</span>}
    </Table.Td>
  );
}
