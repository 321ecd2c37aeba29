import { Page } from '../components/common/page.tsx';
import { ImportRuns } from '../components/runs/import-runs.tsx';
import { RunsWorkbench } from '../components/runs/runs-workbench.tsx';

export function RunsPage(): React.JSX.Element {
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
