import { SegmentedControl, Table, Text } from '@mantine/core';
import { IconAdjustments } from '@tabler/icons-react';
import type { Checkpoint } from '../../../electron/contract/checkpoints.ts';
import type { RunDifference } from '../../../electron/contract/run-acts.ts';
import type { Output } from '../../../electron/contract.ts';
import { useContract } from '../../data/queries.ts';
import { useUrlChoice } from '../../data/url-state.ts';
import { nameOf, placeOf } from '../../lib/compare-view.ts';
import { formatCount } from '../../lib/format.ts';
import { Answered } from '../common/answered.tsx';
import { PageLink } from '../common/link.tsx';
import { Panel } from '../common/panel.tsx';
import { PaperSymbol } from '../common/symbol.tsx';
import { Teaching } from '../common/teaching.tsx';
import { CheckpointCell } from './checkpoint-cell.tsx';
import classes from './compare.module.css';

const ROWS = ['differing', 'all'] as const;

const SECTIONS: readonly { readonly section: RunDifference['section']; readonly title: string }[] = [
  { section: 'run', title: 'Run' },
  { section: 'inputs', title: 'Inputs' },
  { section: 'settings', title: 'Settings' },
  { section: 'circumstances', title: 'Circumstances' },
];

/** How the runs that made the checkpoints differ. */
export function SettingsTab({
  checkpoints,
}: {
  readonly checkpoints: readonly Checkpoint[];
}): React.JSX.Element {
  const [rows, setRows] = useUrlChoice('rows', ROWS);
  const made = checkpoints.filter(({ runId }) => runId !== null);
  const runIds = [...new Set(made.flatMap(({ runId }) => runId ?? []))];
  const answer = useContract(
    'runs.diff',
    { runIds, differencesOnly: rows === 'differing' },
    { enabled: runIds.length > 0, keepPrevious: true },
  );
  if (runIds.length === 0) {
    return (
      <Panel>
        <Teaching icon={IconAdjustments} title="No settings are known">
          None of these checkpoints was made by a run of this workspace, so how they were trained is not known
          here.
        </Teaching>
      </Panel>
    );
  }
  const without = checkpoints.filter(({ runId }) => runId === null);
  return (
    <Panel
      title="How they were trained"
      description={`Settings, inputs and circumstances of the runs behind the checkpoints.${without.length > 0 ? ` ${without.map(({ name }) => name).join(', ')}: made by no run of this workspace.` : ''}`}
      flush
      actions={
        <SegmentedControl
          size="xs"
          aria-label="Rows"
          value={rows}
          onChange={(value) => setRows(value as (typeof ROWS)[number])}
          data={[
            { value: 'differing', label: 'Differences only' },
            { value: 'all', label: 'Everything' },
          ]}
        />
      }
    >
      <Answered query={answer} what="the settings">
        {(diff) => <DiffTable diff={diff} checkpoints={made} all={checkpoints} />}
      </Answered>
    </Panel>
  );
}

interface DiffTableProps {
  readonly diff: Output<'runs.diff'>;
  /** Columns: each checkpoint with the run that made it. */
  readonly checkpoints: readonly Checkpoint[];
  readonly all: readonly Checkpoint[];
}

function DiffTable({ diff: { runs, rows }, checkpoints, all }: DiffTableProps): React.JSX.Element {
  const columnOf = (checkpoint: Checkpoint): number => runs.findIndex(({ id }) => id === checkpoint.runId);
  if (rows.length === 0) {
    return (
      <Text p="md" c="dimmed" size="sm">
        {runs.length === 1
          ? 'All were made by one run; they differ in their step alone.'
          : 'These runs differ in nothing that was recorded.'}
      </Text>
    );
  }
  return (
    <Table.ScrollContainer minWidth={520}>
      <Table
        horizontalSpacing="sm"
        verticalSpacing={6}
        className={classes.table ?? ''}
        aria-label="How they were trained"
      >
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Setting</Table.Th>
            {checkpoints.map((checkpoint) => (
              <Table.Th key={checkpoint.id}>
                <CheckpointCell
                  name={nameOf(all, checkpoint.id)}
                  index={placeOf(all, checkpoint.id)}
                  detail={`step ${formatCount(checkpoint.step)}`}
                />
                <PageLink to={`/runs/${checkpoint.runId}`} size="xs">
                  {checkpoint.runName ?? 'its run'}
                </PageLink>
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        {SECTIONS.map(({ section, title }) => {
          const own = rows.filter((row) => row.section === section);
          if (own.length === 0) return null;
          return (
            <Table.Tbody key={section}>
              <Table.Tr>
                <Table.Th colSpan={checkpoints.length + 1} scope="rowgroup">
                  <Text size="xs" c="dimmed" fw={600}>
                    {title}
                  </Text>
                </Table.Th>
              </Table.Tr>
              {own.map((row) => (
                <Table.Tr key={row.name}>
                  <Table.Th scope="row" fw={400}>
                    {row.label} {row.symbol && <PaperSymbol text={row.symbol} />}
                  </Table.Th>
                  {checkpoints.map((checkpoint) => {
                    const value = row.values[columnOf(checkpoint)];
                    return (
                      <Table.Td key={checkpoint.id}>
                        {value?.kind === 'value' ? (
                          <Text span size="sm" {...(value.isDefault === false ? { fw: 600 } : {})}>
                            {value.text}
                          </Text>
                        ) : (
                          <Text span size="sm" c="dimmed" title="Not a setting of its stage">
                            –
                          </Text>
                        )}
                      </Table.Td>
                    );
                  })}
                </Table.Tr>
              ))}
            </Table.Tbody>
          );
        })}
      </Table>
    </Table.ScrollContainer>
  );
}
