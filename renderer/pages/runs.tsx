import { Navigate } from 'react-router';
import { Page } from '../components/common/page.tsx';
import { ImportRuns } from '../components/runs/import-runs.tsx';
import { RunsWorkbench } from '../components/runs/runs-workbench.tsx';
import { useLastView } from '../data/run-table-view.ts';

export function RunsPage(): React.JSX.Element {
  const lastView = useLastView();
  if (lastView !== null) return <Navigate to={{ search: lastView }} replace />;
  return (
    <Page
      title="Runs"
      description="Everything that was trained or evaluated here, live."
      actions={<ImportRuns />}
    >
      <RunsWorkbench />
    </Page>
  );
}
