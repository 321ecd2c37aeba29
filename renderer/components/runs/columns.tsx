import { Text } from '@mantine/core';
import type { Run } from '../../../electron/contract/runs.ts';
import { formatNumber } from '../../lib/format.ts';
import { lossOf, rewardOf, type SortKey, thinkingOf } from '../../lib/run-filter.ts';
import { Ago } from '../common/ago.tsx';
import { PageLink } from '../common/link.tsx';
import { RunProgress } from './run-progress.tsx';
import { StageBadge } from './stage-badge.tsx';
import { StateBadge } from './state-badge.tsx';

export interface RunColumn {
  readonly id: string;
  readonly label: string;
  /** Pixels; the column without takes what is left. */
  readonly width?: number;
  readonly sort?: SortKey;
  readonly number?: boolean;
  /** Shown only where there is room. */
  readonly wide?: boolean;
  readonly cell: (run: Run, wide: boolean) => React.ReactNode;
}

function origins(run: Run): string {
  return [
    run.baseName && `${run.stage === 'evaluate' ? 'of' : 'from'} ${run.baseName}`,
    run.corpusName ?? run.questionsName,
  ]
    .filter(Boolean)
    .join(' · ');
}

export const RUN_COLUMNS: readonly RunColumn[] = [
  {
    id: 'name',
    label: 'Run',
    sort: 'name',
    cell: (run, wide) => (
      <>
        <PageLink
          to={`/runs/${run.id}`}
          fw={560}
          size="sm"
          display="block"
          className="ellipsis"
          title={run.name}
        >
          {run.name}
        </PageLink>
        {!wide && (
          <Text size="xs" c="dimmed" className="ellipsis" title={origins(run)}>
            {origins(run)}
          </Text>
        )}
      </>
    ),
  },
  { id: 'stage', label: 'Stage', width: 96, sort: 'stage', cell: (run) => <StageBadge stage={run.stage} /> },
  { id: 'state', label: 'State', width: 108, sort: 'state', cell: (run) => <StateBadge run={run} /> },
  { id: 'progress', label: 'Progress', width: 168, cell: (run) => <RunProgress run={run} /> },
  { id: 'base', label: 'Base', width: 190, wide: true, cell: (run) => <Ellipsis text={run.baseName} /> },
  {
    id: 'corpus',
    label: 'Corpus',
    width: 170,
    wide: true,
    cell: (run) => <Ellipsis text={run.corpusName ?? run.questionsName} />,
  },
  {
    id: 'loss',
    label: 'Loss',
    width: 80,
    sort: 'loss',
    number: true,
    cell: (run) => formatNumber(lossOf(run), 3),
  },
  {
    id: 'reward',
    label: 'Reward',
    width: 76,
    sort: 'reward',
    number: true,
    cell: (run) => formatNumber(rewardOf(run), 3),
  },
  {
    id: 'thinking',
    label: 'Thinking',
    width: 82,
    sort: 'thinking',
    number: true,
    cell: (run) => formatNumber(thinkingOf(run), 3),
  },
  {
    id: 'created',
    label: 'Made',
    width: 92,
    sort: 'created',
    cell: (run) => (
      <Text size="xs" c="dimmed" component="span">
        <Ago atMs={run.createdAtMs} />
      </Text>
    ),
  },
];

function Ellipsis({ text }: { readonly text: string | null }): React.JSX.Element {
  return (
    <Text size="sm" className="ellipsis" title={text ?? undefined}>
      {text ?? '–'}
    </Text>
  );
}
