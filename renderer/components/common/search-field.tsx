import { TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';

/** How long typing rests before the workspace is asked. */
export const SEARCH_AFTER_MS = 250;

interface Props {
  readonly label: string;
  readonly value: string | null;
  readonly onChange: (text: string) => void;
}

/** Words to look for among what is listed. */
export function SearchField({ label, value, onChange }: Props): React.JSX.Element {
  return (
    <TextInput
      aria-label={label}
      placeholder={label}
      size="xs"
      w={230}
      leftSection={<IconSearch size={14} aria-hidden />}
      value={value ?? ''}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
