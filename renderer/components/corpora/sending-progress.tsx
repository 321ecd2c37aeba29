import { Progress, Text } from '@mantine/core';
import { formatBytes } from '../../lib/format.ts';

interface Props {
  readonly sentBytes: number;
  readonly totalBytes: number;
}

export function SendingProgress({ sentBytes, totalBytes }: Props): React.JSX.Element {
  const share = totalBytes === 0 ? 1 : sentBytes / totalBytes;
  return (
    <div role="status">
      <Progress value={share * 100} aria-label="Sending the files" />
      <Text size="xs" c="dimmed" mt={4}>
        {share < 1
          ? `Sending: ${formatBytes(sentBytes)} of ${formatBytes(totalBytes)}`
          : 'Sent. Starting the import …'}
      </Text>
    </div>
  );
}
