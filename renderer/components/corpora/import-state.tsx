import { Badge, Button, Group, Progress, Text } from '@mantine/core';
import type { Corpus } from '../../../electron/contract/corpora.ts';
import { showError } from '../../data/announce.tsx';
import { useCommand } from '../../data/queries.ts';
import { formatBytes, formatCount, formatShare } from '../../lib/format.ts';

const STATES: Readonly<Record<Corpus['state'], { label: string; colour: string }>> = {
  importing: { label: 'Importing', colour: 'blue' },
  ready: { label: 'Ready', colour: 'teal' },
  failed: { label: 'Failed', colour: 'red' },
  cancelled: { label: 'Cancelled', colour: 'gray' },
};

/** A corpus's state; while it is read, how far and a way to end it. */
export function ImportState({ corpus }: { readonly corpus: Corpus }): React.JSX.Element {
  const cancel = useCommand('corpora.cancelImport');
  const { label, colour } = STATES[corpus.state];
  if (corpus.state !== 'importing') {
    return (
      <>
        <Badge color={colour}>{label}</Badge>
        {corpus.reason && (
          <Text size="xs" c="dimmed" mt={4} maw={320}>
            {corpus.reason}
          </Text>
        )}
      </>
    );
  }
  const { progress } = corpus;
  const share = progress && progress.bytesTotal > 0 ? progress.bytesDone / progress.bytesTotal : 0;
  return (
    <div>
      <Group gap="xs" wrap="nowrap" justify="space-between">
        <Text size="xs">
          {label} {formatShare(share, 0)}
        </Text>
        <Button
          size="compact-xs"
          variant="subtle"
          color="red"
          loading={cancel.isPending}
          aria-label={`Cancel the import of ${corpus.name}`}
          onClick={() => cancel.mutate({ corpusId: corpus.id }, { onError: showError })}
        >
          Cancel
        </Button>
      </Group>
      <Progress value={share * 100} size="sm" mt={2} aria-label={`Import of ${corpus.name}`} />
      {progress && (
        <Text size="xs" c="dimmed" mt={2} className="nowrap">
          {formatBytes(progress.bytesDone)} of {formatBytes(progress.bytesTotal)}, file{' '}
          {formatCount(Math.min(progress.filesDone + 1, progress.filesTotal))} of{' '}
          {formatCount(progress.filesTotal)}
        </Text>
      )}
    </div>
  );
}
