import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { createHashRouter } from 'react-router';
import { RouterProvider } from 'react-router/dom';
import { RouteError } from './components/common/route-error.tsx';
import { Shell } from './components/shell/shell.tsx';
import { askForCharts } from './data/chart-view.ts';
import { queryClient } from './data/queries.ts';
import { askForRuns } from './data/run-table-view.ts';
import { RunsPage } from './pages/runs.tsx';
import { cssVariables, theme } from './theme.ts';

/**
 * Pages are loaded when first opened, or once the window has nothing else to do: charts are no part of the first paint.
 * The table of runs is where most visits begin.
 */
const PAGES = {
  home: async () => ({ Component: (await import('./pages/home.tsx')).HomePage }),
  newRun: async () => ({ Component: (await import('./pages/new-run.tsx')).NewRunPage }),
  differences: async () => ({ Component: (await import('./pages/differences.tsx')).DifferencesPage }),
  run: async () => ({ Component: (await import('./pages/run.tsx')).RunPage }),
  charts: async () => ({ Component: (await import('./pages/charts.tsx')).ChartsPage }),
  compare: async () => ({ Component: (await import('./pages/compare.tsx')).ComparePage }),
  studies: async () => ({ Component: (await import('./pages/studies.tsx')).StudiesPage }),
  study: async () => ({ Component: (await import('./pages/study.tsx')).StudyPage }),
  corpora: async () => ({ Component: (await import('./pages/corpora.tsx')).CorporaPage }),
  corpus: async () => ({ Component: (await import('./pages/corpus.tsx')).CorpusPage }),
  settings: async () => ({ Component: (await import('./pages/settings.tsx')).SettingsPage }),
  notFound: async () => ({ Component: (await import('./pages/not-found.tsx')).NotFoundPage }),
} as const;

/** Those that a click leads to most often. */
const NEXT = [PAGES.charts, PAGES.run, PAGES.compare] as const;

async function loadNext(): Promise<void> {
  for (const load of NEXT) {
    await new Promise((resolve) => requestIdleCallback(resolve));
    await load();
  }
}

// Addresses live behind the hash, so that every host serves one file and a link opens the same page in each of them.
const router = createHashRouter([
  {
    element: <Shell />,
    errorElement: <RouteError />,
    // The first page comes at once or says itself what it waits for.
    hydrateFallbackElement: <span />,
    children: [
      {
        errorElement: <RouteError />,
        children: [
          { index: true, lazy: PAGES.home },
          { path: 'runs', loader: askForRuns, shouldRevalidate: () => false, Component: RunsPage },
          { path: 'runs/new', lazy: PAGES.newRun },
          { path: 'runs/differences', lazy: PAGES.differences },
          { path: 'runs/:runId', lazy: PAGES.run },
          { path: 'charts', loader: askForCharts, shouldRevalidate: () => false, lazy: PAGES.charts },
          { path: 'compare', lazy: PAGES.compare },
          { path: 'studies', lazy: PAGES.studies },
          { path: 'studies/:studyId', lazy: PAGES.study },
          { path: 'corpora', lazy: PAGES.corpora },
          { path: 'corpora/:corpusId', lazy: PAGES.corpus },
          { path: 'settings', lazy: PAGES.settings },
          { path: '*', lazy: PAGES.notFound },
        ],
      },
    ],
  },
]);

// What fails here is asked for again, and said, where it is wanted.
window.addEventListener('load', () => void loadNext().catch(() => undefined), { once: true });

export function App(): React.JSX.Element {
  return (
    <QueryClientProvider client={queryClient}>
      <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
        {/* Fields read the address: their values must not wait for a transition. */}
        <RouterProvider router={router} useTransitions={false} />
      </MantineProvider>
    </QueryClientProvider>
  );
}
