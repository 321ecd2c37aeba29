import { Button, Group, Modal, SegmentedControl, Select, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import type { Checkpoint } from '../../../electron/contract/checkpoints.ts';
import type { Run } from '../../../electron/contract/run.ts';
import type { Setting, SettingValue } from '../../../trainer/config/setting.ts';
import { stageSettings } from '../../../trainer/config/stages.ts';
import { showDone, showError } from '../../data/announce.tsx';
import { useCommand, useContract } from '../../data/queries.ts';
import { formatCount } from '../../lib/format.ts';
import { sameValue } from '../../lib/run-draft.ts';
import { SettingField } from '../form/setting-field.tsx';

interface Props {
  readonly run: Run;
  readonly checkpoint: Checkpoint;
  readonly onClose: () => void;
}

const HOW = [
  { value: 'continue', label: 'Go on with it' },
  { value: 'restart', label: 'Take its weights only' },
] as const;

/** A branch from a checkpoint, with other settings where wanted. */
export function ForkDialog({ run, checkpoint, onClose }: Props): React.JSX.Element {
  const own = useContract('runs.get', { runId: run.id }).data?.settings;
  const declared: Readonly<Record<string, Setting>> = stageSettings[run.stage];
  const [how, setHow] = useState<'continue' | 'restart'>('continue');
  const [name, setName] = useState('');
  const [changes, setChanges] = useState<Readonly<Record<string, SettingValue>>>({});
  const fork = useCommand('runs.fork');
  const navigate = useNavigate();
  const held = (setting: string): SettingValue =>
    changes[setting] ?? (own?.[setting] as SettingValue | undefined) ?? declared[setting]?.default ?? '';
  const change = (setting: string, value: SettingValue | null): void =>
    setChanges(({ [setting]: _, ...others }) => (value === null ? others : { ...others, [setting]: value }));
  // Going on needs steps to do: a run at its end gets more of them to begin with.
  const steps = Number(held('maxSteps'));
  const atEnd = how === 'continue' && checkpoint.step >= steps;
  const start = (): void =>
    fork.mutate(
      { checkpointId: checkpoint.id, how, name: name.trim() || null, settings: changes },
      {
        onError: showError,
        onSuccess: (made) => {
          showDone(`“${made.name}” was queued.`);
          onClose();
          void navigate(`/runs/${made.id}`);
        },
      },
    );
  return (
    <Modal opened onClose={onClose} title={`Branch off from ${checkpoint.name}`} size="lg">
      <Stack gap="sm">
        <SegmentedControl
          aria-label="How"
          value={how}
          onChange={(value) => setHow(value as 'continue' | 'restart')}
          data={[...HOW]}
        />
        <Text size="sm" c="dimmed">
          {how === 'continue'
            ? `Optimizer, step ${formatCount(checkpoint.step)} and draws go on; its curves branch off from there.`
            : 'A new run from its weights, counted from step 0.'}
        </Text>
        <TextInput
          label="Name"
          placeholder={`${run.name}, ${how === 'continue' ? 'from' : 'again from'} step ${checkpoint.step}`}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Select
          label="Settings to change"
          placeholder="Add one"
          searchable
          value={null}
          data={Object.entries(declared)
            .filter(([setting]) => !(setting in changes))
            .map(([value, { label }]) => ({ value, label }))}
          onChange={(setting) => setting && change(setting, held(setting))}
        />
        {Object.keys(changes).map((setting) => {
          const declaration = declared[setting];
          if (!declaration) return null;
          const value = held(setting);
          return (
            <SettingField
              key={setting}
              name={setting}
              setting={declaration}
              value={value}
              changed={!sameValue(value, (own?.[setting] ?? declaration.default) as SettingValue)}
              problem={null}
              onChange={change}
            />
          );
        })}
        {atEnd && (
          <Text size="sm" c="var(--bad)" role="alert">
            The run ends at step {formatCount(steps)}, where this checkpoint is: add “Steps” above and raise
            it.
          </Text>
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button onClick={start} disabled={atEnd || own === undefined} loading={fork.isPending}>
            Branch off
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
