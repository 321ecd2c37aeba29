import { Group, Stack, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { memo, useDeferredValue, useMemo, useState } from 'react';
import type { Run } from '../../../electron/contract/run.ts';
import { type ChartView, useChartView } from '../../data/chart-view.ts';
import { useContract } from '../../data/queries.ts';
import { useUrlChoice, useUrlList, useUrlText } from '../../data/url-state.ts';
import { overlayNames, SEED_VIEW_LABELS, SEED_VIEWS, type SeedView, shownRuns } from '../../lib/overlay.ts';
import { AfterFirst } from '../common/after-first.tsx';
import { Answered } from '../common/answered.tsx';
import { Panel } from '../common/panel.tsx';
import { Select } from '../common/select.tsx';
import { WhenSeen } from '../common/when-seen.tsx';
import { ChartControls } from './chart-controls.tsx';
import { ChartedRuns } from './charted-runs.tsx';
import classes from './overlay.module.css';
import { OVERLAY_HEIGHT, OverlayChart } from './overlay-chart.tsx';
import { RunKeys } from './run-keys.tsx';

interface Props {
  readonly runs: readonly Run[];
  readonly onRemove: (runId: string) => void;
  /** Beside the list of runs: a way to add one. */
  readonly adding: React.ReactNode;
}

/** Title and legend above a chart's drawing. */
const FRAME_HEIGHT = 24;

/** A chart for each metric, a line for each run; all charts share axis, stretch and pointer. */
export const OverlayCharts = memo(function OverlayCharts({ runs, onRemove, adding }: Props) {
  const view = useChartView();
  const [words, setWords] = useUrlText('metrics');
  const [seeds, setSeeds] = useUrlChoice('seeds', SEED_VIEWS);
  const [hidden, setHidden] = useUrlList('hide');
  const [pointedAt, setPointedAt] = useState<string | null>(null);
  // Follows the pointer when there is time: every line of every chart changes.
  const highlighted = useDeferredValue(pointedAt);
  const runIds = useMemo(() => runs.map((run) => run.id), [runs]);
  const names = useContract('runs.metricNames', { runIds }, { keepPrevious: true });
  const hiddenKey = hidden.join(',');
  const shown = useMemo(() => shownRuns(runIds, hiddenKey.split(',')), [runIds, hiddenKey]);
  const { query, scale, yLog, drawnSmoothing } = view;
  return (
    <Stack gap="md">
      <AfterFirst fallback={<Group mih={30} />}>
        <OverlayTools view={view} seeds={seeds} setSeeds={setSeeds} words={words} setWords={setWords} />
      </AfterFirst>
      <div className={classes.columns}>
        <RunKeys
          runs={runs}
          hidden={hidden}
          onHide={setHidden}
          onRemove={onRemove}
          onHighlight={setPointedAt}
          adding={adding}
        />
        <Answered query={names} what="the metrics">
          {(all) => (
            <ChartedRuns value={shown}>
              <div className={classes.charts}>
                {overlayNames(all, words ?? '').map((name) => (
                  <Panel key={name}>
                    <WhenSeen height={OVERLAY_HEIGHT + FRAME_HEIGHT}>
                      <OverlayChart
                        name={name}
                        runs={runs}
                        shown={shown}
                        seeds={seeds}
                        highlighted={highlighted}
                        query={query}
                        scale={scale}
                        yLog={yLog}
                        smoothing={drawnSmoothing}
                      />
                    </WhenSeen>
                  </Panel>
                ))}
              </div>
            </ChartedRuns>
          )}
        </Answered>
      </div>
    </Stack>
  );
});

interface ToolsProps {
  readonly view: ChartView;
  readonly seeds: SeedView;
  readonly setSeeds: (seeds: SeedView) => void;
  readonly words: string | null;
  readonly setWords: (words: string) => void;
}

const OverlayTools = memo(function OverlayTools({ view, seeds, setSeeds, words, setWords }: ToolsProps) {
  return (
    <Group gap="md" mih={30}>
      <ChartControls view={view} />
      <Select
        size="xs"
        w={200}
        aria-label="Runs that differ only in their seed"
        allowDeselect={false}
        value={seeds}
        onChange={(next) => next && setSeeds(next as SeedView)}
        data={SEED_VIEWS.map((value) => ({ value, label: SEED_VIEW_LABELS[value] }))}
      />
      <TextInput
        size="xs"
        w={170}
        aria-label="Search metrics"
        placeholder="Search metrics"
        leftSection={<IconSearch size={14} aria-hidden />}
        value={words ?? ''}
        onChange={(event) => setWords(event.currentTarget.value)}
      />
    </Group>
  );
});
