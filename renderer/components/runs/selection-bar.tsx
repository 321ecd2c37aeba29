import { ActionIcon, Button, Group, Text, Tooltip } from '@mantine/core';
import {
  IconArchive,
  IconArrowsDiff,
  IconPlayerPlay,
  IconPlayerStop,
  IconStar,
  IconTag,
  IconTrash,
  IconX,
} from '@tabler/icons-react';
import type { BulkAction } from '../../../electron/contract/run-acts.ts';
import { formatPlural } from '../../lib/format.ts';
import { ButtonLink } from '../common/link.tsx';
import { ChartSelected } from './chart-selected.tsx';
import { CompareSelected } from './compare-selected.tsx';

interface Props {
  readonly runIds: readonly string[];
  /** Whether all that were read are starred, or archived. */
  readonly starred: boolean;
  readonly archived: boolean;
  readonly onBulk: (action: BulkAction) => void;
  readonly onTag: () => void;
  readonly onClear: () => void;
}

/** What can be done with the selected runs. */
export function SelectionBar(props: Props): React.JSX.Element {
  const { runIds, starred, archived, onBulk, onTag, onClear } = props;
  return (
    <Group gap={6} role="toolbar" aria-label="Selected runs">
      <Tooltip label="Select nothing">
        <ActionIcon variant="subtle" color="gray" aria-label="Select nothing" onClick={onClear}>
          <IconX size={16} />
        </ActionIcon>
      </Tooltip>
      <Text size="sm" fw={560} aria-live="polite" mr={4}>
        {formatPlural(runIds.length, 'run')} selected
      </Text>
      <CompareSelected runIds={runIds} />
      <ChartSelected runIds={runIds} />
      <ButtonLink
        size="xs"
        variant="default"
        to={differencesAddress(runIds)}
        leftSection={<IconArrowsDiff size={15} aria-hidden />}
      >
        Differences
      </ButtonLink>
      <Button size="xs" variant="default" leftSection={<IconTag size={15} aria-hidden />} onClick={onTag}>
        Tags …
      </Button>
      <Act
        label={starred ? 'Unstar' : 'Star'}
        icon={IconStar}
        onClick={() => onBulk({ kind: 'star', starred: !starred })}
      />
      <Act
        label={archived ? 'Unarchive' : 'Archive'}
        icon={IconArchive}
        onClick={() => onBulk({ kind: 'archive', archived: !archived })}
      />
      <Act label="Stop" icon={IconPlayerStop} onClick={() => onBulk({ kind: 'stop' })} />
      <Act label="Resume" icon={IconPlayerPlay} onClick={() => onBulk({ kind: 'resume' })} />
      <Act label="Remove" icon={IconTrash} onClick={() => onBulk({ kind: 'remove' })} />
    </Group>
  );
}

const MOST_COMPARED = 100;

export function differencesAddress(runIds: readonly string[]): string {
  return `/runs/differences?runs=${runIds.slice(0, MOST_COMPARED).join(',')}`;
}

interface ActProps {
  readonly label: string;
  readonly icon: typeof IconTag;
  readonly onClick: () => void;
}

function Act({ label, icon: ActIcon, onClick }: ActProps): React.JSX.Element {
  return (
    <Tooltip label={label}>
      <ActionIcon variant="default" size={30} aria-label={label} onClick={onClick}>
        <ActIcon size={16} />
      </ActionIcon>
    </Tooltip>
  );
}
