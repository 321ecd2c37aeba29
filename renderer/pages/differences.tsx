import { Button, Group, Stack, Switch, Text } from '@mantine/core';
import { IconArrowsDiff } from '@tabler/icons-react';
import { useNavigate } from 'react-router';
import { Answered } from '../components/common/answered.tsx';
import { ButtonLink } from '../components/common/link.tsx';
import { Page } from '../components/common/page.tsx';
import { Panel } from '../components/common/panel.tsx';
import { Teaching } from '../components/common/teaching.tsx';
import { DifferenceTable } from '../components/runs/difference-table.tsx';
import { useContract } from '../data/queries.ts';
import { useUrlChoice, useUrlList } from '../data/url-state.ts';
import { formatPlural } from '../lib/format.ts';

/** Settings, inputs and circumstances of runs side by side. */
export function DifferencesPage(): React.JSX.Element {
  const [runIds, setRunIds] = useUrlList('runs');
  const [rows, setRows] = useUrlChoice('rows', ['different', 'all']);
  const navigate = useNavigate();
  const differencesOnly = rows === 'different';
  const diff = useContract(
    'runs.diff',
    { runIds: [...runIds], differencesOnly },
    { enabled: runIds.length > 0, keepPrevious: true },
  );
  return (
    <Page
      title="Differences"
      description="Settings, inputs and circumstances of runs, side by side."
      actions={
        <Button variant="default" onClick={() => void navigate('/runs')}>
          All runs
        </Button>
      }
    >
      {runIds.length === 0 ? (
        <Panel>
          <Teaching
            icon={IconArrowsDiff}
            title="No run chosen"
            actions={<ButtonLink to="/runs">Choose runs</ButtonLink>}
          >
            Select runs in the table, then “Differences” shows in what they differ.
          </Teaching>
        </Panel>
      ) : (
        <Answered query={diff} what="the differences">
          {(data) => (
            <Stack gap="sm">
              <Group justify="space-between">
                <Switch
                  size="sm"
                  label="Differences only"
                  checked={differencesOnly}
                  onChange={(event) => setRows(event.currentTarget.checked ? 'different' : 'all')}
                />
                <Text size="sm" c="dimmed" aria-live="polite">
                  {formatPlural(data.rows.filter((row) => row.differs).length, 'difference')}
                </Text>
              </Group>
              <DifferenceTable
                data={data}
                onDrop={(runId) => setRunIds(runIds.filter((id) => id !== runId))}
              />
            </Stack>
          )}
        </Answered>
      )}
    </Page>
  );
}
