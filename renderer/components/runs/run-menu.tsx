import { ActionIcon, Menu } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import {
  IconArchive,
  IconArchiveOff,
  IconArrowBarToUp,
  IconArrowDown,
  IconArrowUp,
  IconCopy,
  IconDots,
  IconNote,
  IconPin,
  IconPinnedOff,
  IconPlayerPause,
  IconPlayerPlay,
  IconPlayerStop,
  IconPlus,
  IconTag,
  IconTrash,
} from '@tabler/icons-react';
import { useState } from 'react';
import { Link, useNavigate } from 'react-router';
import type { Run } from '../../../electron/contract/run.ts';
import { showDone, showError } from '../../data/announce.tsx';
import { useCommand } from '../../data/queries.ts';
import { actsOf, type RunAct } from '../../lib/run-state.ts';
import { DotsButton } from '../common/dots-button.tsx';
import { NotesDialog } from './notes-dialog.tsx';
import { TagsDialog } from './tags-dialog.tsx';
import { useBulk } from './use-bulk.tsx';
import { usePin } from './use-pin.ts';
import { useQueueMoves } from './use-queue-moves.ts';
import { useRunActs } from './use-run-acts.ts';

const ACTS = [
  { act: 'pause', label: 'Pause', icon: IconPlayerPause },
  { act: 'resume', label: 'Resume', icon: IconPlayerPlay },
  { act: 'stop', label: 'Stop', icon: IconPlayerStop },
] as const satisfies readonly { act: RunAct; label: string; icon: typeof IconDots }[];

interface Props {
  readonly run: Run;
  /** Whether it is the baseline. */
  readonly pinned: boolean;
}

/** Everything that can be done with a run from a list; made when first asked for, as lists are long. */
export function RunMenu({ run, pinned }: Props): React.JSX.Element {
  const [wanted, { open }] = useDisclosure(false);
  if (wanted) return <OpenMenu run={run} pinned={pinned} />;
  return <DotsButton label={`Actions for ${run.name}`} tabIndex={-1} onClick={open} />;
}

function OpenMenu({ run, pinned }: Props): React.JSX.Element {
  const { act } = useRunActs();
  const { bulk } = useBulk();
  const pin = usePin();
  const [dialog, setDialog] = useState<'notes' | 'tags' | null>(null);
  const possible = actsOf(run.state);
  return (
    <>
      <Menu position="bottom-end" withArrow defaultOpened withinPortal>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" tabIndex={-1} aria-label={`Actions for ${run.name}`}>
            <IconDots size={18} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {ACTS.filter((item) => possible.includes(item.act)).map(({ act: name, label, icon: ActIcon }) => (
            <Menu.Item key={name} leftSection={<ActIcon size={15} />} onClick={() => act(name, run.id)}>
              {label}
            </Menu.Item>
          ))}
          {run.queuePosition !== null && <QueueItems run={run} />}
          <Menu.Item leftSection={<IconTag size={15} />} onClick={() => setDialog('tags')}>
            Tags …
          </Menu.Item>
          <Menu.Item leftSection={<IconNote size={15} />} onClick={() => setDialog('notes')}>
            Notes …
          </Menu.Item>
          <Menu.Item
            leftSection={pinned ? <IconPinnedOff size={15} /> : <IconPin size={15} />}
            onClick={() => pin(pinned ? null : run.id)}
          >
            {pinned ? 'Unpin the baseline' : 'Pin as the baseline'}
          </Menu.Item>
          <CopyItems run={run} />
          <Menu.Divider />
          <Menu.Item
            leftSection={run.archived ? <IconArchiveOff size={15} /> : <IconArchive size={15} />}
            onClick={() => bulk([run.id], { kind: 'archive', archived: !run.archived })}
          >
            {run.archived ? 'Take out of the archive' : 'Archive'}
          </Menu.Item>
          {possible.includes('remove') && (
            <Menu.Item
              color="red"
              leftSection={<IconTrash size={15} />}
              onClick={() => bulk([run.id], { kind: 'remove' })}
            >
              Remove
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      {dialog === 'tags' && <TagsDialog runs={[run]} runIds={[run.id]} onClose={() => setDialog(null)} />}
      {dialog === 'notes' && <NotesDialog run={run} onClose={() => setDialog(null)} />}
    </>
  );
}

function QueueItems({ run }: { readonly run: Run }): React.JSX.Element {
  const move = useQueueMoves();
  const isFirst = run.queuePosition === 1;
  return (
    <>
      <Menu.Item
        leftSection={<IconArrowBarToUp size={15} />}
        disabled={isFirst}
        onClick={() => move(run, 'front')}
      >
        To the front of the queue
      </Menu.Item>
      <Menu.Item leftSection={<IconArrowUp size={15} />} disabled={isFirst} onClick={() => move(run, 'up')}>
        Up in the queue
      </Menu.Item>
      <Menu.Item leftSection={<IconArrowDown size={15} />} onClick={() => move(run, 'down')}>
        Down in the queue
      </Menu.Item>
    </>
  );
}

function CopyItems({ run }: { readonly run: Run }): React.JSX.Element | null {
  const clone = useCommand('runs.clone');
  const navigate = useNavigate();
  if (run.origin === 'imported') return null;
  return (
    <>
      <Menu.Item component={Link} to={`/runs/new?like=${run.id}`} leftSection={<IconPlus size={15} />}>
        New run with these settings
      </Menu.Item>
      <Menu.Item
        leftSection={<IconCopy size={15} />}
        onClick={() =>
          clone.mutate(
            { runId: run.id },
            {
              onError: showError,
              onSuccess: (made) => {
                showDone(`“${made.name}” was queued with the same settings.`);
                void navigate(`/runs/${made.id}`);
              },
            },
          )
        }
      >
        Clone
      </Menu.Item>
    </>
  );
}
