import { Badge, Button, Group, Table, Text } from '@mantine/core';
import { showDone, showError } from '../../data/announce.tsx';
import { useCommand, useContract } from '../../data/queries.ts';
import { formatPlural } from '../../lib/format.ts';
import { Ago } from '../common/ago.tsx';
import { Answered } from '../common/answered.tsx';
import { ConfirmButton } from '../common/confirm-button.tsx';
import { Panel } from '../common/panel.tsx';
import { NumberForm } from './number-form.tsx';
import classes from './settings.module.css';

const DAY_MS = 24 * 3600 * 1000;

/** What was removed and can be taken back, until its time is over. */
export function TrashPanel(): React.JSX.Element {
  const trash = useContract('trash.list', {});
  const restore = useCommand('trash.restore');
  const purge = useCommand('trash.purge');
  const keep = useContract('trash.keepDays', {});
  const setKeepDays = useCommand('trash.setKeepDays');
  const again = (): void => void trash.refetch();
  return (
    <Answered query={trash} what="what was removed">
      {(removed) => (
        <Panel
          title="Removed"
          description={
            removed.length === 0
              ? 'Nothing. What you remove waits here before its files are deleted.'
              : 'Waits here before its files are deleted.'
          }
          flush
          actions={
            removed.length > 0 && (
              <ConfirmButton
                size="xs"
                variant="default"
                act="Delete for good"
                question={`${formatPlural(removed.length, 'thing')} with all files. This cannot be undone.`}
                onConfirm={() =>
                  purge.mutate(
                    { items: null },
                    {
                      onError: showError,
                      onSuccess: ({ purged }) => {
                        again();
                        showDone(`Deleted for good: ${purged}.`);
                      },
                    },
                  )
                }
              >
                Empty
              </ConfirmButton>
            )
          }
        >
          {removed.length > 0 && (
            <Table aria-label="Removed" horizontalSpacing="md" verticalSpacing={6}>
              <Table.Tbody>
                {removed.map(({ what, id, name, removedAtMs, purgeAtMs }) => (
                  <Table.Tr key={id}>
                    <Table.Td>
                      <Group gap={6} wrap="nowrap">
                        <Badge color="gray">{what}</Badge>
                        <Text size="sm" className="ellipsis" title={name}>
                          {name}
                        </Text>
                      </Group>
                      <Text size="xs" c="dimmed">
                        Removed <Ago atMs={removedAtMs} />, deleted in{' '}
                        {formatPlural(Math.max(0, Math.ceil((purgeAtMs - Date.now()) / DAY_MS)), 'day')}
                      </Text>
                    </Table.Td>
                    <Table.Td w={96}>
                      <Button
                        size="compact-xs"
                        variant="default"
                        aria-label={`Restore ${name}`}
                        onClick={() =>
                          restore.mutate({ items: [{ what, id }] }, { onError: showError, onSuccess: again })
                        }
                      >
                        Restore
                      </Button>
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          )}
          {keep.data && (
            <div className={classes.kept}>
              <NumberForm
                key={keep.data.keepDays}
                label="Days until files are deleted"
                description="0: at the next start of the application."
                value={keep.data.keepDays}
                max={3650}
                saving={setKeepDays.isPending}
                onSave={(keepDays) =>
                  setKeepDays.mutate(
                    { keepDays },
                    {
                      onError: showError,
                      onSuccess: () => {
                        void keep.refetch();
                        again();
                        showDone(`What is removed is kept for ${formatPlural(keepDays, 'day')}.`);
                      },
                    },
                  )
                }
              />
            </div>
          )}
        </Panel>
      )}
    </Answered>
  );
}
