import { Group } from '@mantine/core';
import type { Run } from '../../../electron/contract/run.ts';
import { Ago } from '../common/ago.tsx';
import { PageLink } from '../common/link.tsx';
import { StageBadge } from '../runs/stage-badge.tsx';
import { StateBadge } from '../runs/state-badge.tsx';

/** What a run is and where it came from, in one line. */
export function RunOrigins({ run }: { readonly run: Run }): React.JSX.Element {
  return (
    <Group gap="xs" mt={2}>
      <StateBadge run={run} />
      <StageBadge stage={run.stage} />
      {run.baseName && (
        <span>
          {run.stage === 'evaluate' ? 'of' : 'from'}{' '}
          {run.base?.kind === 'run' ? (
            <PageLink to={`/runs/${run.base.runId}`}>{run.baseName}</PageLink>
          ) : (
            run.baseName
          )}
        </span>
      )}
      {run.corpusId && (
        <span>
          on <PageLink to={`/corpora/${run.corpusId}`}>{run.corpusName}</PageLink>
        </span>
      )}
      {run.questionsId && (
        <span>
          {run.corpusId ? 'and' : 'on'}{' '}
          <PageLink to={`/corpora/${run.questionsId}`}>{run.questionsName}</PageLink>
        </span>
      )}
      <span>
        created <Ago atMs={run.createdAtMs} />
      </span>
    </Group>
  );
}
