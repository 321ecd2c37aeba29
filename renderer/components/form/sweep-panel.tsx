import {
  ActionIcon,
  Button,
  Group,
  NumberInput,
  SegmentedControl,
  Select,
  Stack,
  Switch,
  Text,
  TextInput,
} from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconX } from '@tabler/icons-react';
import { useNavigate } from 'react-router';
import type { Output } from '../../../electron/contract.ts';
import { showDone } from '../../data/announce.tsx';
import { useCommand, useContract } from '../../data/queries.ts';
import { formatPlural, formatRoughDuration } from '../../lib/format.ts';
import { type RunDraft, settingsOf, valueToText } from '../../lib/run-draft.ts';
import { sweepPlanOf } from '../../lib/sweep-draft.ts';
import { EMPTY_SWEEP, type SweepDraft } from '../../lib/sweep-text.ts';
import { ErrorNotice } from '../common/error-notice.tsx';
import { Panel } from '../common/panel.tsx';
import classes from './form.module.css';

interface Props {
  readonly draft: RunDraft;
  /** Whether the shared part is free of problems. */
  readonly possible: boolean;
  readonly onChange: (next: (draft: RunDraft) => RunDraft) => void;
}

/** Many runs in place of one: over values of settings, and over seeds. */
export function SweepPanel({ draft, possible, onChange }: Props): React.JSX.Element {
  const { sweep } = draft;
  const set = (next: SweepDraft | null): void => onChange((before) => ({ ...before, sweep: next }));
  return (
    <Panel
      title="Sweep"
      description="Many runs in place of one: over values of settings, and over seeds."
      actions={
        <Switch
          size="sm"
          label="Sweep"
          checked={sweep !== null}
          onChange={(event) => set(event.currentTarget.checked ? EMPTY_SWEEP : null)}
        />
      }
    >
      {sweep ? (
        <Stack gap="sm">
          <Axes draft={draft} sweep={sweep} onChange={set} />
          {possible ? (
            <Start draft={draft} sweep={sweep} />
          ) : (
            <Text size="sm" c="dimmed">
              How many runs it makes shows here once the shared settings are possible and nothing is missing.
            </Text>
          )}
        </Stack>
      ) : (
        <Text size="sm" c="dimmed">
          Off: one run is started.
        </Text>
      )}
    </Panel>
  );
}

interface AxesProps {
  readonly draft: RunDraft;
  readonly sweep: SweepDraft;
  readonly onChange: (sweep: SweepDraft) => void;
}

function Axes({ draft, sweep, onChange }: AxesProps): React.JSX.Element {
  const settings = settingsOf(draft.stage);
  const { problems } = sweepPlanOf(draft, sweep);
  const put = (at: number, values: string): void =>
    onChange({ ...sweep, axes: sweep.axes.map((axis, i) => (i === at ? { ...axis, values } : axis)) });
  return (
    <>
      <Group gap="sm" align="flex-end">
        <SegmentedControl
          aria-label="How"
          size="xs"
          value={sweep.kind}
          onChange={(kind) => onChange({ ...sweep, kind: kind as SweepDraft['kind'] })}
          data={[
            { value: 'grid', label: 'Grid: every combination' },
            { value: 'random', label: 'Random draws' },
          ]}
        />
        {sweep.kind === 'random' && (
          <NumberInput
            label="Draws"
            size="xs"
            w={110}
            min={1}
            max={10_000}
            allowDecimal={false}
            value={sweep.count}
            onChange={(count) => typeof count === 'number' && count >= 1 && onChange({ ...sweep, count })}
          />
        )}
      </Group>
      {sweep.axes.map(({ setting: name, values }, at) => (
        <Group key={name} gap="xs" align="flex-start" wrap="nowrap">
          <TextInput
            style={{ flex: 1 }}
            label={settings[name]?.label ?? name}
            placeholder={sweep.kind === 'grid' ? '1e-5, 1e-4' : 'log 1e-6..1e-3'}
            autoComplete="off"
            value={values}
            error={values === '' ? null : problems.get(name)}
            onChange={(event) => put(at, event.currentTarget.value)}
          />
          <ActionIcon
            variant="subtle"
            color="gray"
            mt={28}
            aria-label={`Take ${settings[name]?.label ?? name} out of the sweep`}
            onClick={() => onChange({ ...sweep, axes: sweep.axes.filter((_, i) => i !== at) })}
          >
            <IconX size={16} />
          </ActionIcon>
        </Group>
      ))}
      <Group gap="sm" grow align="flex-start">
        <Select
          label="Go through a setting"
          placeholder="Add one"
          searchable
          value={null}
          data={Object.entries(settings)
            .filter(([name]) => name !== 'seed' && !sweep.axes.some((axis) => axis.setting === name))
            .map(([value, { label }]) => ({ value, label }))}
          onChange={(name) => {
            const setting = name === null ? undefined : settings[name];
            if (!name || !setting) return;
            const values = valueToText(draft.settings[name] ?? setting.default);
            onChange({ ...sweep, axes: [...sweep.axes, { setting: name, values }] });
          }}
        />
        <TextInput
          label="Seeds"
          placeholder="The one above, or 0..4"
          autoComplete="off"
          value={sweep.seeds}
          error={problems.get('seeds')}
          onChange={(event) => onChange({ ...sweep, seeds: event.currentTarget.value })}
        />
      </Group>
    </>
  );
}

function Start({ draft, sweep }: Pick<AxesProps, 'draft' | 'sweep'>): React.JSX.Element {
  const { plan, problems } = sweepPlanOf(draft, sweep);
  const [settled] = useDebouncedValue(plan, 300);
  const preview = useContract('sweeps.preview', settled, {
    enabled: problems.size === 0,
    keepPrevious: true,
  });
  const create = useCommand('sweeps.create');
  const navigate = useNavigate();
  const start = (): void =>
    create.mutate(
      {
        name:
          draft.name.trim() || `Sweep of ${sweep.axes.map(({ setting }) => setting).join(', ') || 'seeds'}`,
        plan,
      },
      {
        onSuccess: ({ sweep: made, runs }) => {
          showDone(`${formatPlural(runs.length, 'run')} queued.`);
          const query = encodeURIComponent(`sweep:"${made.name}"`);
          void navigate(`/runs?q=${query}&group=configuration`);
        },
      },
    );
  const error = create.error ?? preview.error;
  const count = preview.data?.count ?? 0;
  const tooMany = preview.data !== undefined && count > preview.data.queueRoom;
  return (
    <>
      {preview.data && problems.size === 0 && <Preview preview={preview.data} />}
      {error && <ErrorNotice error={error} />}
      <Button
        disabled={problems.size > 0 || count === 0 || tooMany}
        loading={create.isPending}
        onClick={start}
        style={{ alignSelf: 'flex-start' }}
      >
        Queue {formatPlural(count, 'run')}
      </Button>
    </>
  );
}

const SHOWN = 6;

function Preview({ preview }: { readonly preview: Output<'sweeps.preview'> }): React.JSX.Element {
  const { count, runs, invalid, durationS, queueRoom } = preview;
  return (
    <div aria-live="polite">
      <Text size="sm">
        {formatPlural(count, 'run')}, {formatRoughDuration(durationS.low * 1000)} to{' '}
        {formatRoughDuration(durationS.high * 1000)} one after another.
      </Text>
      {count > queueRoom && (
        <p className={classes.problem} role="alert">
          The queue has room for {formatPlural(queueRoom, 'run')}: take values away, or raise its limit in the
          settings.
        </p>
      )}
      {invalid[0] && (
        <p className={classes.problem}>
          {formatPlural(invalid.length, 'combination')} cannot run and will be left out: {invalid[0].message}
        </p>
      )}
      <Text size="xs" c="dimmed" component="ul" m="6px 0 0" pl="md">
        {runs.slice(0, SHOWN).map(({ name }) => (
          <li key={name}>{name}</li>
        ))}
        {count > SHOWN && <li>and {formatPlural(count - SHOWN, 'other')}</li>}
      </Text>
    </div>
  );
}
