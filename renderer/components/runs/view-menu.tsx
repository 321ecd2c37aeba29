import { ActionIcon, Button, Group, Menu, Modal, TextInput } from '@mantine/core';
import { IconBookmark, IconLink, IconPlus, IconTrash } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useLocation, useNavigate } from 'react-router';
import { showDone, showError } from '../../data/announce.tsx';
import { useCommand, useContract } from '../../data/queries.ts';

const PAGE = '/runs';

/** Views under a name, and a link to this one. */
export function ViewMenu(): React.JSX.Element {
  const views = useContract('views.list', {});
  const remove = useCommand('views.remove');
  const client = useQueryClient();
  const navigate = useNavigate();
  const { search } = useLocation();
  const [naming, setNaming] = useState(false);
  const path = `${PAGE}${search}`;
  const own = views.data?.filter((view) => view.path.startsWith(PAGE)) ?? [];
  const current = own.find((view) => view.path === path);
  const refresh = (): void => void client.invalidateQueries({ queryKey: ['views.list'] });
  const copyLink = (): void => {
    navigator.clipboard.writeText(window.location.href).then(
      () => showDone('The link is on the clipboard.'),
      () => showDone(window.location.href),
    );
  };
  return (
    <>
      <Menu position="bottom-end" withArrow width={260}>
        <Menu.Target>
          <Button variant="default" leftSection={<IconBookmark size={16} aria-hidden />}>
            {current ? current.name : 'Views'}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {own.length > 0 && <Menu.Label>Saved views</Menu.Label>}
          {own.map((view) => (
            <Group key={view.id} gap={0} wrap="nowrap">
              <Menu.Item style={{ flex: 1 }} onClick={() => void navigate(view.path)}>
                {view.name}
              </Menu.Item>
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={`Remove the view ${view.name}`}
                onClick={() => remove.mutate({ viewId: view.id }, { onSuccess: refresh, onError: showError })}
              >
                <IconTrash size={14} />
              </ActionIcon>
            </Group>
          ))}
          {own.length > 0 && <Menu.Divider />}
          <Menu.Item leftSection={<IconPlus size={15} />} onClick={() => setNaming(true)}>
            Save this view …
          </Menu.Item>
          <Menu.Item leftSection={<IconLink size={15} />} onClick={copyLink}>
            Copy the link to it
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {naming && (
        <NameView
          path={path}
          onClose={() => {
            setNaming(false);
            refresh();
          }}
        />
      )}
    </>
  );
}

function NameView({
  path,
  onClose,
}: {
  readonly path: string;
  readonly onClose: () => void;
}): React.JSX.Element {
  const [name, setName] = useState('');
  const save = useCommand('views.save');
  return (
    <Modal opened onClose={onClose} title="Save this view">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate({ name, path }, { onSuccess: onClose, onError: showError });
        }}
      >
        <TextInput
          label="Name"
          data-autofocus
          maxLength={100}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Group justify="flex-end" mt="md">
          <Button type="submit" disabled={name.trim() === ''} loading={save.isPending}>
            Save
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
