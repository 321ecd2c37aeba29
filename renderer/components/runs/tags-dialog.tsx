import { Button, Group, Modal, TagsInput, Text } from '@mantine/core';
import { useState } from 'react';
import type { Run } from '../../../electron/contract/run.ts';
import { useContract } from '../../data/queries.ts';
import { formatPlural } from '../../lib/format.ts';
import { useBulk } from './use-bulk.tsx';

interface Props {
  /** Those of them that were read. */
  readonly runs: readonly Run[];
  readonly runIds: readonly string[];
  readonly onClose: () => void;
}

/** As the contract has it. */
const TAG = /^[^\s,:"()]{1,60}$/;

/** Tags that all of the runs have can be taken away, and others be given to all of them. */
export function TagsDialog({ runs, runIds, onClose }: Props): React.JSX.Element {
  const known = useContract('runs.tags', {});
  const { bulk } = useBulk();
  const shared = runs[0]?.tags.filter((tag) => runs.every((run) => run.tags.includes(tag))) ?? [];
  const [tags, setTags] = useState<string[]>([...shared]);
  const wrong = tags.find((tag) => !TAG.test(tag));
  const save = (): void => {
    const add = tags.filter((tag) => !shared.includes(tag));
    const remove = shared.filter((tag) => !tags.includes(tag));
    if (add.length + remove.length > 0) bulk(runIds, { kind: 'tag', add, remove });
    onClose();
  };
  const title =
    runs.length === 1 && runs[0]
      ? `Tags of ${runs[0].name}`
      : `Tags of ${formatPlural(runIds.length, 'run')}`;
  return (
    <Modal opened onClose={onClose} title={title}>
      <TagsInput
        label={runIds.length > 1 ? 'Tags that all of them have' : 'Tags'}
        data-autofocus
        value={tags}
        onChange={setTags}
        data={known.data?.map(({ tag }) => tag) ?? []}
        splitChars={[',', ' ']}
        acceptValueOnBlur
        error={wrong && `“${wrong}”: a tag has no spaces, commas, colons, quotes or brackets.`}
        placeholder="Add a tag"
      />
      <Text size="xs" c="dimmed" mt={6}>
        Enter, a space or a comma ends a tag.
      </Text>
      <Group justify="flex-end" mt="md" gap="xs">
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button onClick={save} disabled={wrong !== undefined}>
          Save
        </Button>
      </Group>
    </Modal>
  );
}
