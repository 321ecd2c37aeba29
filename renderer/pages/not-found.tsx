import { IconMapOff } from '@tabler/icons-react';
import { ButtonLink } from '../components/common/link.tsx';
import { Page } from '../components/common/page.tsx';
import { Panel } from '../components/common/panel.tsx';
import { Teaching } from '../components/common/teaching.tsx';

export function NotFoundPage(): React.JSX.Element {
  return (
    <Page title="Nothing here">
      <Panel>
        <Teaching
          icon={IconMapOff}
          title="This address leads nowhere"
          actions={<ButtonLink to="/">Home</ButtonLink>}
        >
          It may have been mistyped, or what it showed was removed.
        </Teaching>
      </Panel>
    </Page>
  );
}
