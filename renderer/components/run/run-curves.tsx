import { Group, Stack } from '@mantine/core';
import { IconChartLine } from '@tabler/icons-react';
import { useCallback, useMemo } from 'react';
import type { Run } from '../../../electron/contract/run.ts';
import type { Output } from '../../../electron/contract.ts';
import { call } from '../../api.ts';
import { type ChartView, useChartView } from '../../data/chart-view.ts';
import { useContract } from '../../data/queries.ts';
import { useUrlList } from '../../data/url-state.ts';
import { seriesCsv } from '../../lib/chart-csv.ts';
import { panelsOf } from '../../lib/panels.ts';
import { AddRun } from '../charts/add-run.tsx';
import { ChartControls } from '../charts/chart-controls.tsx';
import { ChartedRuns } from '../charts/charted-runs.tsx';
import { OverlayCharts } from '../charts/overlay-charts.tsx';
import { Answered } from '../common/answered.tsx';
import { Panel } from '../common/panel.tsx';
import { Teaching } from '../common/teaching.tsx';
import classes from './run.module.css';
import { type LengthReward, RunPanel } from './run-panel.tsx';

interface Props {
  readonly run: Run;
  readonly metricNames: readonly string[];
  readonly settings: Output<'runs.get'>['settings'];
}

const MOST_NAMES = 100;
/** About one for each pixel of a panel's width. */
const POINTS_PER_LINE = 400;
const CSV_POINTS = 10_000;

/** Every metric of a run as a live curve, related ones in one chart; other runs can be laid over it. */
export function RunCurves({ run, metricNames, settings }: Props): React.JSX.Element {
  const [others, setOthers] = useUrlList('with');
  if (metricNames.length === 0) {
    return (
      <Panel>
        <Teaching icon={IconChartLine} title="No point recorded yet">
          Curves begin at the end of the first step. Before it, the trainer loads its engine, reads the corpus
          and, for the RL stages, scores the entropy of its tokens.
        </Teaching>
      </Panel>
    );
  }
  const adding = (
    <AddRun
      present={[run.id, ...others]}
      label="Overlay another run"
      width={200}
      onAdd={(id) => setOthers([...others, id])}
    />
  );
  return (
    <>
      <h2 className="visually-hidden">Curves</h2>
      {others.length > 0 ? (
        <WithOthers run={run} others={others} onOthers={setOthers} adding={adding} />
      ) : (
        <Alone run={run} metricNames={metricNames} settings={settings} adding={adding} />
      )}
    </>
  );
}

interface WithOthersProps {
  readonly run: Run;
  readonly others: readonly string[];
  readonly onOthers: (runIds: readonly string[]) => void;
  readonly adding: React.ReactNode;
}

function WithOthers({ run, others, onOthers, adding }: WithOthersProps): React.JSX.Element {
  const list = useContract('runs.list', {});
  const key = others.join(',');
  const runs = useMemo(() => {
    const byId = new Map(list.data?.map((other) => [other.id, other]));
    return [run, ...key.split(',').flatMap((id) => byId.get(id) ?? [])];
  }, [run, list.data, key]);
  return (
    <OverlayCharts
      runs={runs}
      // Without the run itself there is nothing to lay the others over.
      onRemove={(id) => onOthers(id === run.id ? [] : others.filter((other) => other !== id))}
      adding={adding}
    />
  );
}

interface AloneProps extends Props {
  readonly adding: React.ReactNode;
}

function Alone({ run, metricNames, settings, adding }: AloneProps): React.JSX.Element {
  const view = useChartView();
  const names = metricNames.slice(0, MOST_NAMES);
  const series = useContract(
    'runs.metrics',
    { ...view.query, runIds: [run.id], names, maxPoints: POINTS_PER_LINE },
    { keepPrevious: true },
  );
  return (
    <Stack gap="md">
      <Group gap="lg">
        <ChartControls view={view} />
        {adding}
      </Group>
      <Answered query={series} what="the curves">
        {(data) => <Panels run={run} metricNames={names} settings={settings} series={data} view={view} />}
      </Answered>
    </Stack>
  );
}

interface PanelsProps extends Props {
  readonly series: Output<'runs.metrics'>;
  readonly view: ChartView;
}

function Panels({ run, metricNames, settings, series, view }: PanelsProps): React.JSX.Element {
  const panels = useMemo(() => panelsOf(metricNames), [metricNames]);
  const byName = useMemo(() => new Map(series.map((one) => [one.name, one])), [series]);
  const { query, scale, yLog, drawnSmoothing } = view;
  const { id, name, seed } = run;
  const rewarded = useMemo(() => lengthRewardIn(settings), [settings]);
  const csv = useCallback(
    async (names: readonly string[]) => {
      const input = { ...query, runIds: [id], names: [...names], maxPoints: CSV_POINTS };
      return seriesCsv(await call('runs.metrics', input), [{ id, name, seed }], query.x);
    },
    [query, id, name, seed],
  );
  const charted = useMemo(() => [id], [id]);
  return (
    <ChartedRuns value={charted}>
      <div className={classes.panels}>
        {panels.map((panel) => (
          <RunPanel
            key={panel.title}
            panel={panel}
            series={byName}
            scale={scale}
            yLog={yLog}
            smoothing={drawnSmoothing}
            csv={csv}
            lengthReward={rewarded}
          />
        ))}
      </div>
    </ChartedRuns>
  );
}

function lengthRewardIn({ lengthRewardWeight, lengthRewardMax }: Props['settings']): LengthReward | null {
  if (typeof lengthRewardWeight !== 'number' || typeof lengthRewardMax !== 'number') return null;
  return lengthRewardWeight > 0 ? { max: lengthRewardMax } : null;
}
