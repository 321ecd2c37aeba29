import { ActionIcon, Badge, Button, Group, Text, Tooltip } from '@mantine/core';
import { IconNote, IconPin, IconPinnedOff, IconStar, IconStarFilled, IconTag } from '@tabler/icons-react';
import { useState } from 'react';
import type { Run } from '../../../electron/contract/run.ts';
import { useContract } from '../../data/queries.ts';
import { PageLink } from '../common/link.tsx';
import { NotesDialog } from '../runs/notes-dialog.tsx';
import { TagsDialog } from '../runs/tags-dialog.tsx';
import { useBulk } from '../runs/use-bulk.tsx';
import { usePin } from '../runs/use-pin.ts';

/** What the user put on a run: a star, tags, notes; and whether others are held against it. */
export function RunMarks({ run }: { readonly run: Run }): React.JSX.Element {
  const { bulk } = useBulk();
  const pin = usePin();
  const { data: baseline } = useContract('runs.baseline', {});
  const [dialog, setDialog] = useState<'tags' | 'notes' | null>(null);
  const pinned = baseline?.baselineId === run.id;
  const Star = run.starred ? IconStarFilled : IconStar;
  return (
    <>
      <Group gap={6} mt={8}>
        <Tooltip label={run.starred ? 'Unstar' : 'Star'}>
          <ActionIcon
            variant="default"
            aria-label="Star"
            aria-pressed={run.starred}
            onClick={() => bulk([run.id], { kind: 'star', starred: !run.starred })}
          >
            <Star size={15} />
          </ActionIcon>
        </Tooltip>
        {run.tags.map((tag) => (
          <PageLink key={tag} to={`/runs?q=${encodeURIComponent(`tag:${tag}`)}`} underline="never">
            <Badge color="gray" style={{ cursor: 'pointer' }}>
              {tag}
            </Badge>
          </PageLink>
        ))}
        <Button
          size="compact-xs"
          variant="default"
          leftSection={<IconTag size={13} aria-hidden />}
          onClick={() => setDialog('tags')}
        >
          Tags
        </Button>
        <Button
          size="compact-xs"
          variant="default"
          leftSection={<IconNote size={13} aria-hidden />}
          onClick={() => setDialog('notes')}
        >
          Notes
        </Button>
        <Button
          size="compact-xs"
          variant="default"
          leftSection={pinned ? <IconPinnedOff size={13} aria-hidden /> : <IconPin size={13} aria-hidden />}
          onClick={() => pin(pinned ? null : run.id)}
        >
          {pinned ? 'Unpin the baseline' : 'Pin as the baseline'}
        </Button>
        {run.archived && <Badge color="gray">archived</Badge>}
        {run.sweep && (
          <Text size="sm" c="dimmed">
            of the sweep{' '}
            <PageLink to={`/runs?q=${encodeURIComponent(`sweep:"${run.sweep.name}"`)}&group=configuration`}>
              {run.sweep.name}
            </PageLink>
          </Text>
        )}
        {run.forkedFrom && (
          <Text size="sm" c="dimmed">
            branches off from {run.forkedFrom.name} at step {run.forkedFrom.step}
          </Text>
        )}
      </Group>
      {run.notes !== '' && (
        <Text size="sm" mt={8} style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }} maw="90ch">
          {run.notes}
        </Text>
      )}
      {dialog === 'tags' && <TagsDialog runs={[run]} runIds={[run.id]} onClose={() => setDialog(null)} />}
      {dialog === 'notes' && <NotesDialog run={run} onClose={() => setDialog(null)} />}
    </>
  );
}
