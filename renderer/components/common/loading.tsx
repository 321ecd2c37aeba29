import { Center, Loader, Text } from '@mantine/core';

interface Props {
  /** Completes "Loading …". */
  readonly what: string;
}

export function Loading({ what }: Props): React.JSX.Element {
  return (
    <Center mih={180} role="status">
      <Loader size="sm" mr="sm" />
      <Text c="dimmed" size="sm">
        Loading {what} …
      </Text>
    </Center>
  );
}
