import { IconListDetails } from '@tabler/icons-react';
import { ButtonLink } from '../common/link.tsx';
import { Panel } from '../common/panel.tsx';
import { Teaching } from '../common/teaching.tsx';

export function NoRuns(): React.JSX.Element {
  return (
    <Panel>
      <Teaching
        icon={IconListDetails}
        title="No run yet"
        actions={
          <>
            <ButtonLink to="/runs/new">New run</ButtonLink>
            <ButtonLink to="/" variant="default">
              Try the sample project
            </ButtonLink>
          </>
        }
      >
        A run trains a checkpoint on a corpus by one stage (pre-train, SFT, RMT, RPT, RLM, post-train) or
        evaluates one. It shows here while it waits, works and after it ended.
      </Teaching>
    </Panel>
  );
}
