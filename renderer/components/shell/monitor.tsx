import { Group, Progress, Stack, Text, Tooltip } from '@mantine/core';
import type { Reading } from '../../../electron/contract/monitor.ts';
import { useContract } from '../../data/queries.ts';
import { formatBytes } from '../../lib/format.ts';

interface Gauge {
  readonly label: string;
  /** 0 to 100. */
  readonly percent: number;
  readonly text: string;
}

function gaugesOf({ machine, gpus }: Reading): Gauge[] {
  const memory = (100 * machine.memoryBytes) / machine.memoryTotalBytes;
  return [
    {
      label: 'CPU',
      percent: machine.cpuPercent,
      text: `${Math.round(machine.cpuPercent)}% of ${machine.cores} cores`,
    },
    {
      label: 'Memory',
      percent: memory,
      text: `${formatBytes(machine.memoryBytes)} of ${formatBytes(machine.memoryTotalBytes)}`,
    },
    ...gpus.flatMap((gpu): Gauge[] =>
      gpu.utilization === null
        ? []
        : [
            {
              label: gpus.length > 1 ? `GPU ${gpu.index}` : 'GPU',
              percent: gpu.utilization,
              text: `${gpu.utilization}%, ${formatBytes(gpu.memoryBytes)} of ${formatBytes(gpu.memoryTotalBytes)}, ${gpu.name}`,
            },
          ],
    ),
  ];
}

/** What the machine does now, on every page. */
export function Monitor(): React.JSX.Element | null {
  const monitor = useContract('monitor.get', {});
  const newest = monitor.data?.readings.at(-1);
  if (!newest) return null;
  return (
    <Stack gap={5} px={10} pb={10} role="group" aria-label="Machine">
      {gaugesOf(newest).map(({ label, percent, text }) => (
        <Tooltip key={label} label={text} position="right">
          <Group gap={8} wrap="nowrap">
            <Text size="xs" c="dimmed" w={52}>
              {label}
            </Text>
            <Progress
              value={percent}
              size="xs"
              flex={1}
              color={percent > 92 ? 'orange' : 'gray'}
              aria-label={`${label}: ${text}`}
            />
            <Text size="xs" c="dimmed" className="tabular" w={30} ta="right">
              {Math.round(percent)}%
            </Text>
          </Group>
        </Tooltip>
      ))}
    </Stack>
  );
}
