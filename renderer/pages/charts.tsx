import { IconChartLine } from '@tabler/icons-react';
import { useCallback, useMemo } from 'react';
import { AddRun } from '../components/charts/add-run.tsx';
import { OverlayCharts } from '../components/charts/overlay-charts.tsx';
import { Answered } from '../components/common/answered.tsx';
import { Later } from '../components/common/later.tsx';
import { ButtonLink } from '../components/common/link.tsx';
import { Page } from '../components/common/page.tsx';
import { Panel } from '../components/common/panel.tsx';
import { Teaching } from '../components/common/teaching.tsx';
import { useContract } from '../data/queries.ts';
import { useUrlList } from '../data/url-state.ts';

/** Curves of many runs in common charts; the address names the runs, so a link shows the same. */
export function ChartsPage(): React.JSX.Element {
  const [runIds, setRunIds] = useUrlList('runs');
  const list = useContract('runs.list', {});
  const key = runIds.join(',');
  const runs = useMemo(() => {
    const byId = new Map(list.data?.map((run) => [run.id, run]));
    return key.split(',').flatMap((id) => byId.get(id) ?? []);
  }, [list.data, key]);
  const adding = useMemo(
    () => <AddRun present={runIds} label="Add a run" onAdd={(id) => setRunIds([...runIds, id])} />,
    [runIds, setRunIds],
  );
  const remove = useCallback(
    (id: string) => setRunIds(runIds.filter((other) => other !== id)),
    [runIds, setRunIds],
  );
  return (
    <Page title="Charts" description="The curves of several runs in common charts, live.">
      <Answered query={list} what="the runs">
        {() =>
          runs.length > 0 ? (
            <>
              <h2 className="visually-hidden">Curves</h2>
              {/* Leaving the page before takes as long as drawing this one. */}
              <Later>
                <OverlayCharts runs={runs} onRemove={remove} adding={adding} />
              </Later>
            </>
          ) : (
            <Panel>
              <Teaching
                icon={IconChartLine}
                title={runIds.length > 0 ? 'These runs are not here any more' : 'No run chosen yet'}
                actions={
                  <>
                    {adding}
                    <ButtonLink to="/runs" variant="default">
                      Choose in the table of runs
                    </ButtonLink>
                  </>
                }
              >
                Select runs in the table and press “Chart”, or add them here. Each metric gets a chart with a
                line for each run, along steps, time, tokens or FLOPs; runs that differ only in their seed can
                be drawn as one line with its band.
              </Teaching>
            </Panel>
          )
        }
      </Answered>
    </Page>
  );
}
