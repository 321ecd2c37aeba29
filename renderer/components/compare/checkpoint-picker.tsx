import { Button, CloseButton, Group, Text } from '@mantine/core';
import type { Checkpoint } from '../../../electron/contract/checkpoints.ts';
import { checkpointLabel, stageOf } from '../../lib/checkpoint-text.ts';
import { groupBy } from '../../lib/collections.ts';
import { Marker } from '../charts/markers.tsx';
import { Select } from '../common/select.tsx';
import classes from './compare.module.css';

interface Props {
  readonly checkpoints: readonly Checkpoint[];
  readonly chosen: readonly string[];
  readonly onChange: (ids: readonly string[]) => void;
}

/** The checkpoints being compared, each with its mark, and a search to add more. */
export function CheckpointPicker({ checkpoints, chosen, onChange }: Props): React.JSX.Element {
  const byId = new Map(checkpoints.map((checkpoint) => [checkpoint.id, checkpoint]));
  const open = checkpoints.filter(({ id }) => !chosen.includes(id));
  const groups = [...groupBy(open, stageOf)].map(([group, items]) => ({
    group,
    items: items.map((checkpoint) => ({
      value: checkpoint.id,
      label: `${checkpointLabel(checkpoint)}${checkpoint.evaluations > 0 ? '' : ' (not evaluated)'}`,
    })),
  }));
  return (
    <Group gap="xs" role="group" aria-label="Compared checkpoints" className={classes.picked}>
      {chosen.map((id, index) => {
        const checkpoint = byId.get(id);
        const label = checkpoint ? checkpointLabel(checkpoint) : 'A removed checkpoint';
        return (
          <span key={id} className={classes.chip}>
            <Marker index={index} />
            <span className="ellipsis" title={label}>
              {label}
            </span>
            {checkpoint && (
              <Text span size="xs" c="dimmed">
                {stageOf(checkpoint)}
              </Text>
            )}
            <CloseButton
              size="xs"
              aria-label={`Leave ${label} out`}
              onClick={() => onChange(chosen.filter((other) => other !== id))}
            />
          </span>
        );
      })}
      <Select
        aria-label="Add a checkpoint"
        placeholder="Add a checkpoint"
        searchable
        w={280}
        size="xs"
        nothingFoundMessage="No other checkpoint has this name."
        value={null}
        data={groups}
        onChange={(id) => id && onChange([...chosen, id])}
      />
      {chosen.length > 0 && (
        <Button size="compact-xs" variant="subtle" onClick={() => onChange([])}>
          Clear
        </Button>
      )}
    </Group>
  );
}
