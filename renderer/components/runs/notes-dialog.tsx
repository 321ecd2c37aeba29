import { Button, Group, Modal, Textarea } from '@mantine/core';
import { useState } from 'react';
import type { Run } from '../../../electron/contract/run.ts';
import { showError } from '../../data/announce.tsx';
import { useCommand } from '../../data/queries.ts';

interface Props {
  readonly run: Run;
  readonly onClose: () => void;
}

export function NotesDialog({ run, onClose }: Props): React.JSX.Element {
  const [notes, setNotes] = useState(run.notes);
  const edit = useCommand('runs.edit');
  const save = (): void =>
    edit.mutate({ runId: run.id, notes }, { onSuccess: () => onClose(), onError: showError });
  return (
    <Modal opened onClose={onClose} title={`Notes on ${run.name}`} size="lg">
      <Textarea
        aria-label="Notes"
        autosize
        minRows={6}
        maxRows={20}
        data-autofocus
        value={notes}
        placeholder="What was tried, why, and what came of it."
        onChange={(event) => setNotes(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) save();
        }}
      />
      <Group justify="flex-end" mt="md" gap="xs">
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button onClick={save} loading={edit.isPending}>
          Save
        </Button>
      </Group>
    </Modal>
  );
}
