import { ActionIcon, Group, TextInput, Title } from '@mantine/core';
import { IconCheck, IconPencil, IconX } from '@tabler/icons-react';
import { useState } from 'react';

interface Props {
  readonly name: string;
  /** What is named, for screen readers: "run", "corpus". */
  readonly what: string;
  /** In a row of many, where the page's heading is another. */
  readonly small?: boolean;
  readonly onRename: (name: string) => void;
}

/** A page's heading, or the name in a row, that can be changed in place. */
export function EditableName({ name, what, small = false, onRename }: Props): React.JSX.Element {
  const [draft, setDraft] = useState<string | null>(null);
  if (draft === null) {
    return (
      <Group gap={6} wrap="nowrap" miw={0}>
        {small ? (
          <span className="ellipsis" title={name}>
            {name}
          </span>
        ) : (
          <Title order={1} className="ellipsis" title={name}>
            {name}
          </Title>
        )}
        <ActionIcon
          variant="subtle"
          color="gray"
          size={small ? 'sm' : 'md'}
          aria-label={small ? `Rename ${name}` : `Rename this ${what}`}
          onClick={() => setDraft(name)}
        >
          <IconPencil size={small ? 13 : 16} />
        </ActionIcon>
      </Group>
    );
  }
  const commit = (): void => {
    const next = draft.trim();
    if (next !== '' && next !== name) onRename(next);
    setDraft(null);
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        commit();
      }}
    >
      <Group gap={6} wrap="nowrap">
        <TextInput
          aria-label={`Name of the ${what}`}
          value={draft}
          maxLength={200}
          w={small ? 220 : 380}
          size={small ? 'xs' : 'sm'}
          data-autofocus
          autoFocus
          onChange={(event) => setDraft(event.currentTarget.value)}
          onKeyDown={(event) => event.key === 'Escape' && setDraft(null)}
        />
        <ActionIcon type="submit" variant="filled" size={small ? 'md' : 'lg'} aria-label="Keep the new name">
          <IconCheck size={16} />
        </ActionIcon>
        <ActionIcon
          variant="default"
          size={small ? 'md' : 'lg'}
          aria-label="Keep the old name"
          onClick={() => setDraft(null)}
        >
          <IconX size={16} />
        </ActionIcon>
      </Group>
    </form>
  );
}
