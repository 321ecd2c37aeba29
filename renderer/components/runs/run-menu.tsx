import { ActionIcon, Menu, Modal } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import {
  IconDots,
  IconPlayerPause,
  IconPlayerPlay,
  IconPlayerStop,
  IconPlus,
  IconTrash,
} from '@tabler/icons-react';
import { Link } from 'react-router';
import type { Run } from '../../../electron/contract/runs.ts';
import { actsOf, type RunAct } from '../../lib/run-state.ts';
import { RemoveRun } from './remove-run.tsx';
import { useRunActs } from './use-run-acts.ts';

const ACTS = [
  { act: 'pause', label: 'Pause', icon: IconPlayerPause },
  { act: 'resume', label: 'Resume', icon: IconPlayerPlay },
  { act: 'stop', label: 'Stop', icon: IconPlayerStop },
] as const satisfies readonly { act: RunAct; label: string; icon: typeof IconDots }[];

/** Everything that can be done with a run from a list; made when first asked for, as lists are long. */
export function RunMenu({ run }: { readonly run: Run }): React.JSX.Element {
  const [wanted, { open }] = useDisclosure(false);
  if (wanted) return <OpenMenu run={run} />;
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      aria-haspopup="menu"
      aria-label={`Actions for ${run.name}`}
      onClick={open}
    >
      <IconDots size={18} />
    </ActionIcon>
  );
}

function OpenMenu({ run }: { readonly run: Run }): React.JSX.Element {
  const { act } = useRunActs();
  const [asking, { open: ask, close }] = useDisclosure(false);
  const possible = actsOf(run.state);
  return (
    <>
      <Menu position="bottom-end" withArrow defaultOpened>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" aria-label={`Actions for ${run.name}`}>
            <IconDots size={18} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {ACTS.filter((item) => possible.includes(item.act)).map(({ act: name, label, icon: ActIcon }) => (
            <Menu.Item key={name} leftSection={<ActIcon size={15} />} onClick={() => act(name, run.id)}>
              {label}
            </Menu.Item>
          ))}
          <Menu.Item component={Link} to={`/runs/new?like=${run.id}`} leftSection={<IconPlus size={15} />}>
            New run with these settings
          </Menu.Item>
          {possible.includes('remove') && (
            <Menu.Item color="red" leftSection={<IconTrash size={15} />} onClick={ask}>
              Remove …
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      <Modal opened={asking} onClose={close} title={`Remove ${run.name}?`}>
        <RemoveRun
          onKeep={close}
          onRemove={() => {
            close();
            act('remove', run.id);
          }}
        />
      </Modal>
    </>
  );
}
