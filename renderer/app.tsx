import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { createHashRouter } from 'react-router';
import { RouterProvider } from 'react-router/dom';
import { Loading } from './components/common/loading.tsx';
import { RouteError } from './components/common/route-error.tsx';
import { Shell } from './components/shell/shell.tsx';
import { queryClient } from './data/queries.ts';
import { askForRuns } from './data/run-table-view.ts';
import { cssVariables, theme } from './theme.ts';

// Addresses live behind the hash, so that every host serves one file and a link opens the same page in each of them.
// Pages are loaded when first opened: charts are no part of the first paint.
const router = createHashRouter([
  {
    element: <Shell />,
    errorElement: <RouteError />,
    hydrateFallbackElement: <Loading what="the page" />,
    children: [
      {
        errorElement: <RouteError />,
        children: [
          { index: true, lazy: async () => ({ Component: (await import('./pages/home.tsx')).HomePage }) },
          {
            path: 'runs',
            loader: askForRuns,
            shouldRevalidate: () => false,
            lazy: async () => ({ Component: (await import('./pages/runs.tsx')).RunsPage }),
          },
          {
            path: 'runs/new',
            lazy: async () => ({ Component: (await import('./pages/new-run.tsx')).NewRunPage }),
          },
          {
            path: 'runs/differences',
            lazy: async () => ({ Component: (await import('./pages/differences.tsx')).DifferencesPage }),
          },
          {
            path: 'runs/:runId',
            lazy: async () => ({ Component: (await import('./pages/run.tsx')).RunPage }),
          },
          {
            path: 'charts',
            lazy: async () => ({ Component: (await import('./pages/charts.tsx')).ChartsPage }),
          },
          {
            path: 'compare',
            lazy: async () => ({ Component: (await import('./pages/compare.tsx')).ComparePage }),
          },
          {
            path: 'studies',
            lazy: async () => ({ Component: (await import('./pages/studies.tsx')).StudiesPage }),
          },
          {
            path: 'studies/:studyId',
            lazy: async () => ({ Component: (await import('./pages/study.tsx')).StudyPage }),
          },
          {
            path: 'corpora',
            lazy: async () => ({ Component: (await import('./pages/corpora.tsx')).CorporaPage }),
          },
          {
            path: 'corpora/:corpusId',
            lazy: async () => ({ Component: (await import('./pages/corpus.tsx')).CorpusPage }),
          },
          {
            path: 'settings',
            lazy: async () => ({ Component: (await import('./pages/settings.tsx')).SettingsPage }),
          },
          {
            path: '*',
            lazy: async () => ({ Component: (await import('./pages/not-found.tsx')).NotFoundPage }),
          },
        ],
      },
    ],
  },
]);

export function App(): React.JSX.Element {
  return (
    <QueryClientProvider client={queryClient}>
      <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
        <Notifications position="bottom-right" limit={4} />
        {/* Fields read the address: their values must not wait for a transition. */}
        <RouterProvider router={router} useTransitions={false} />
      </MantineProvider>
    </QueryClientProvider>
  );
}
