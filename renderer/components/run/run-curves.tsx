import { Group, SegmentedControl, Slider, Stack, Text } from '@mantine/core';
import { IconChartLine } from '@tabler/icons-react';
import { useDeferredValue, useId, useMemo } from 'react';
import { type Run, X_AXES } from '../../../electron/contract/runs.ts';
import type { Output } from '../../../electron/contract.ts';
import { useContract } from '../../data/queries.ts';
import { useUrlChoice, useUrlNumber } from '../../data/url-state.ts';
import { panelsOf } from '../../lib/panels.ts';
import { X_AXIS_TEXT, type XAxisName } from '../../lib/x-axis.ts';
import { Answered } from '../common/answered.tsx';
import { Panel } from '../common/panel.tsx';
import { Teaching } from '../common/teaching.tsx';
import classes from './run.module.css';
import { RunPanel } from './run-panel.tsx';

interface Props {
  readonly run: Run;
  readonly metricNames: readonly string[];
}

const MOST_NAMES = 100;
/** About one for each pixel of a panel's width. */
const POINTS_PER_LINE = 400;

/** Every metric of a run as a live curve, related ones in one chart. */
export function RunCurves({ run, metricNames }: Props): React.JSX.Element {
  const [x, setX] = useUrlChoice('x', X_AXES);
  const [smoothing, setSmoothing] = useUrlNumber('smoothing', 0.6);
  // The slider moves at once; sixteen charts follow when they can.
  const drawnSmoothing = useDeferredValue(smoothing);
  const names = metricNames.slice(0, MOST_NAMES);
  const series = useContract(
    'runs.metrics',
    { runIds: [run.id], names, x, maxPoints: POINTS_PER_LINE },
    { enabled: names.length > 0, keepPrevious: true },
  );
  const sliderLabel = useId();
  if (names.length === 0) {
    return (
      <Panel>
        <Teaching icon={IconChartLine} title="No point recorded yet">
          Curves begin at the end of the first step. Before it, the trainer loads its engine, reads the corpus
          and, for the RL stages, scores the entropy of its tokens.
        </Teaching>
      </Panel>
    );
  }
  return (
    <Stack gap="md">
      <h2 className="visually-hidden">Curves</h2>
      <Group gap="xl">
        <Group gap="xs">
          <Text size="sm" c="dimmed">
            Along
          </Text>
          <SegmentedControl
            size="xs"
            aria-label="Horizontal axis"
            value={x}
            onChange={(value) => setX(value as XAxisName)}
            data={X_AXES.map((name) => ({ value: name, label: X_AXIS_TEXT[name].short }))}
          />
        </Group>
        <Group gap="xs">
          <Text size="sm" c="dimmed" id={sliderLabel}>
            Smoothing
          </Text>
          <Slider
            w={180}
            size="sm"
            min={0}
            max={0.98}
            step={0.02}
            value={smoothing}
            onChange={setSmoothing}
            label={(value) => value.toFixed(2)}
            thumbLabel="Smoothing"
            aria-labelledby={sliderLabel}
          />
        </Group>
      </Group>
      <Answered query={series} what="the curves">
        {(data) => <Panels metricNames={names} series={data} x={x} smoothing={drawnSmoothing} />}
      </Answered>
    </Stack>
  );
}

interface PanelsProps {
  readonly metricNames: readonly string[];
  readonly series: Output<'runs.metrics'>;
  readonly x: XAxisName;
  readonly smoothing: number;
}

function Panels({ metricNames, series, x, smoothing }: PanelsProps): React.JSX.Element {
  const panels = useMemo(() => panelsOf(metricNames), [metricNames]);
  const byName = useMemo(() => new Map(series.map((one) => [one.name, one])), [series]);
  return (
    <div className={classes.panels}>
      {panels.map((panel) => (
        <RunPanel key={panel.title} panel={panel} series={byName} x={x} smoothing={smoothing} />
      ))}
    </div>
  );
}
