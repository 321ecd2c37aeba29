import { Button, Group, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import {
  DEFAULT_STALL_THRESHOLDS,
  rangeOf,
  type StallThresholds,
  THRESHOLD_NAMES,
  type ThresholdName,
  thresholdFrom,
  thresholdOf,
} from '../../../electron/contract/stall-thresholds.ts';
import { showDone, showError } from '../../data/announce.tsx';
import { queryKey, useCommand } from '../../data/queries.ts';
import { plainNumber } from '../../lib/setting-text.ts';
import classes from './settings.module.css';

/** From where the diagnosis of a run calls a number a finding. */
export function StallForm({ thresholds }: { readonly thresholds: StallThresholds }): React.JSX.Element {
  const client = useQueryClient();
  const save = useCommand('stalls.setThresholds');
  const [typed, setTyped] = useState<Partial<Record<ThresholdName, string>>>({});
  const read = THRESHOLD_NAMES.map((name) => {
    const text = typed[name] ?? plainNumber(thresholds[name]);
    return { name, text, value: thresholdFrom(name, text) };
  });
  const valid = read.every(({ value }) => value !== null);
  const changed = read.some(({ name, value }) => value !== thresholds[name]);
  const own = THRESHOLD_NAMES.some((name) => thresholds[name] !== DEFAULT_STALL_THRESHOLDS[name]);

  const keep = (next: Partial<StallThresholds> | null): void => {
    save.mutate(
      { thresholds: next },
      {
        onError: showError,
        onSuccess: (kept) => {
          client.setQueryData(queryKey('stalls.thresholds', {}), kept);
          void client.invalidateQueries({ queryKey: ['runs.diagnose'] });
          setTyped({});
          showDone(next === null ? 'The usual thresholds hold again.' : 'Runs are held against these now.');
        },
      },
    );
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (!valid || !changed) return;
        const apart = read.filter(({ name, value }) => value !== DEFAULT_STALL_THRESHOLDS[name]);
        keep(Object.fromEntries(apart.map(({ name, value }) => [name, value])));
      }}
    >
      <div className={classes.thresholds}>
        {read.map(({ name, text, value }) => (
          <TextInput
            key={name}
            size="xs"
            label={thresholdOf(name).label}
            description={thresholdOf(name).help}
            inputMode="decimal"
            value={text}
            error={value === null && `Use ${rangeOf(thresholdOf(name))}.`}
            onChange={(event) => setTyped({ ...typed, [name]: event.currentTarget.value })}
          />
        ))}
      </div>
      <Group gap="sm" mt="md">
        <Button type="submit" variant="default" disabled={!valid || !changed} loading={save.isPending}>
          Save thresholds
        </Button>
        {own && (
          <Button variant="subtle" onClick={() => keep(null)}>
            Back to the defaults
          </Button>
        )}
      </Group>
    </form>
  );
}
