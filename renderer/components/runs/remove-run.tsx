import { Button, Group, Text } from '@mantine/core';

interface Props {
  readonly onKeep: () => void;
  readonly onRemove: () => void;
}

export function RemoveRun({ onKeep, onRemove }: Props): React.JSX.Element {
  return (
    <>
      <Text size="sm">
        Its metrics, samples, checkpoints and evaluations are deleted from the workspace. This cannot be
        undone.
      </Text>
      <Group justify="flex-end" mt="md" gap="xs">
        <Button variant="default" onClick={onKeep} data-autofocus>
          Keep
        </Button>
        <Button color="red" onClick={onRemove}>
          Remove run
        </Button>
      </Group>
    </>
  );
}
