import { Stack } from '@mantine/core';
import { Answered } from '../components/common/answered.tsx';
import { Facts } from '../components/common/facts.tsx';
import { Page } from '../components/common/page.tsx';
import { Panel } from '../components/common/panel.tsx';
import { Diagnosis } from '../components/settings/diagnosis.tsx';
import { EngineForm } from '../components/settings/engine-form.tsx';
import { NoticeForm } from '../components/settings/notice-form.tsx';
import { QueueForm } from '../components/settings/queue-form.tsx';
import { StallForm } from '../components/settings/stall-form.tsx';
import { TrashPanel } from '../components/settings/trash-panel.tsx';
import { ThemeSwitch } from '../components/shell/theme-switch.tsx';
import { useContract } from '../data/queries.ts';
import classes from './settings.module.css';

const HOSTS = { window: 'Desktop window', browser: 'Browser on this machine', terminal: 'Terminal' } as const;

export function SettingsPage(): React.JSX.Element {
  const info = useContract('app.info', {});
  const diagnosis = useContract('app.diagnose', {});
  const thresholds = useContract('stalls.thresholds', {});
  return (
    <Page title="Settings" description="Where things are kept, what they run on, and whether all is well.">
      <div className={classes.columns}>
        <Stack gap="md">
          <Answered query={info} what="the settings">
            {(data) => (
              <>
                <Panel title="Engine">
                  <EngineForm
                    key={`${data.engineRequest} ${data.threads}`}
                    info={data}
                    choices={diagnosis.data?.engines ?? []}
                  />
                </Panel>
                <Panel title="Queue">
                  <QueueForm key={data.queueLimit} info={data} />
                </Panel>
                <Panel title="Appearance">
                  <div style={{ maxWidth: 220 }}>
                    <ThemeSwitch />
                  </div>
                </Panel>
                <Panel title="Notices">
                  <NoticeForm />
                </Panel>
                <TrashPanel />
                <Panel title="About">
                  <Facts
                    layout="list"
                    facts={[
                      { label: 'Midtrain', value: data.version },
                      { label: 'Workspace', value: <code>{data.workspace}</code> },
                      { label: 'Opened in', value: HOSTS[data.host] },
                      { label: 'Licence', value: 'MIT' },
                    ]}
                  />
                </Panel>
              </>
            )}
          </Answered>
        </Stack>
        <Stack gap="md">
          <Diagnosis query={diagnosis} />
          <Answered query={thresholds} what="the thresholds">
            {(data) => (
              <Panel
                title="Why a run learns nothing"
                description="From where a run’s diagnosis calls something a finding."
              >
                <StallForm thresholds={data} />
              </Panel>
            )}
          </Answered>
        </Stack>
      </div>
    </Page>
  );
}
