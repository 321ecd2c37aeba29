import { Group, Text } from '@mantine/core';
import { Marker } from '../charts/markers.tsx';

interface Props {
  readonly name: string;
  readonly index: number;
  /** Said below the name. */
  readonly detail?: string;
}

/** A checkpoint in a table: its mark and its name. */
export function CheckpointCell({ name, index, detail }: Props): React.JSX.Element {
  return (
    <Group gap={8} wrap="nowrap" align="flex-start">
      <Marker index={index} />
      <span>
        <Text size="sm" fw={560} maw={200} className="ellipsis" title={name}>
          {name}
        </Text>
        {detail && (
          <Text size="xs" c="dimmed">
            {detail}
          </Text>
        )}
      </span>
    </Group>
  );
}
