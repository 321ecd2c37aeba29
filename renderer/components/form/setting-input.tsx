import { NumberInput, Select, Switch, TextInput } from '@mantine/core';
import { useState } from 'react';
import type {
  MixSetting,
  NumberSetting,
  NumbersSetting,
  Setting,
  SettingValue,
} from '../../../trainer/config/setting.ts';
import { sameValue, valueFromText, valueToText } from '../../lib/run-draft.ts';
import { plainNumber } from '../../lib/setting-text.ts';
import classes from './form.module.css';

interface Props<S extends Setting = Setting> {
  readonly id: string;
  readonly setting: S;
  readonly value: SettingValue;
  readonly invalid: boolean;
  readonly describedBy: string;
  readonly onChange: (value: SettingValue | null) => void;
}

/** The control for a kind of setting. */
export function SettingInput(props: Props): React.JSX.Element {
  const { id, setting, value, invalid, describedBy, onChange } = props;
  const common = { id, error: invalid, 'aria-describedby': describedBy };
  switch (setting.kind) {
    case 'number':
      return <NumberField {...props} setting={setting} />;
    case 'boolean':
      return (
        <Switch
          {...common}
          checked={value === true}
          label={value === true ? 'On' : 'Off'}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
      );
    case 'choice':
      return (
        <Select
          {...common}
          allowDeselect={false}
          value={String(value)}
          data={Object.entries(setting.choices).map(([key, label]) => ({ value: key, label }))}
          onChange={(next) => next !== null && onChange(next)}
        />
      );
    case 'mix':
      return <MixField {...props} setting={setting} />;
    case 'numbers':
      return <NumbersField {...props} setting={setting} />;
    default:
      return setting satisfies never;
  }
}

function NumberField({
  id,
  setting,
  value,
  invalid,
  describedBy,
  onChange,
}: Props<NumberSetting>): React.JSX.Element {
  // What was typed stays as typed ("1e-", "0.") until it is a number; leaving the field shows what holds.
  const [typed, setTyped] = useState<string | null>(null);
  const set = (text: string): void => {
    setTyped(text);
    const next = valueFromText(setting, text.trim());
    if (next !== null) onChange(next);
  };
  const step = (by: number): void => {
    const next = Math.min(setting.max, Math.max(setting.min, Number(value) + by));
    setTyped(null);
    onChange(next);
  };
  return (
    <TextInput
      id={id}
      error={invalid}
      aria-describedby={describedBy}
      inputMode={setting.integer ? 'numeric' : 'decimal'}
      autoComplete="off"
      value={typed ?? plainNumber(Number(value))}
      onChange={(event) => set(event.currentTarget.value)}
      onBlur={() => setTyped(null)}
      onKeyDown={(event) => {
        if (!setting.integer || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return;
        event.preventDefault();
        step(event.key === 'ArrowUp' ? 1 : -1);
      }}
      {...(setting.unit
        ? {
            rightSection: <span className={classes.unit}>{setting.unit}</span>,
            rightSectionWidth: `${setting.unit.length + 2}ch`,
            rightSectionPointerEvents: 'none' as const,
          }
        : {})}
    />
  );
}

function MixField({
  id,
  setting,
  value,
  invalid,
  describedBy,
  onChange,
}: Props<MixSetting>): React.JSX.Element {
  const shares = Array.isArray(value) ? (value as readonly number[]) : setting.default;
  return (
    <div className={classes.mix}>
      {setting.parts.map((part, index) => (
        <div key={part}>
          <NumberInput
            id={index === 0 ? id : `${id}-${part}`}
            aria-label={`${setting.label}, ${part}`}
            aria-describedby={describedBy}
            error={invalid}
            value={plainNumber(shares[index] ?? 0)}
            min={0}
            max={1}
            step={0.05}
            decimalScale={4}
            onChange={(next) =>
              onChange(shares.map((share, at) => (at === index ? Number(next) || 0 : share)))
            }
          />
          <span className={classes.mixLabel}>{part}</span>
        </div>
      ))}
    </div>
  );
}

function NumbersField({
  id,
  setting,
  value,
  invalid,
  describedBy,
  onChange,
}: Props<NumbersSetting>): React.JSX.Element {
  const [typed, setTyped] = useState<string | null>(null);
  const parse = (text: string): SettingValue | null =>
    valueFromText(setting, text.replace(/[\s,;]+/g, ',').replace(/^,|,$/g, ''));
  const parsed = typed === null ? null : parse(typed);
  const shown =
    typed !== null && parsed !== null && sameValue(parsed, value)
      ? typed
      : valueToText(value).replaceAll(',', ', ');
  const unreadable = typed !== null && parsed === null;
  return (
    <TextInput
      id={id}
      error={unreadable ? 'Numbers with commas between them, please.' : invalid}
      aria-describedby={describedBy}
      inputMode="decimal"
      placeholder="none"
      value={unreadable ? typed : shown}
      onChange={(event) => {
        const text = event.currentTarget.value;
        setTyped(text);
        const next = parse(text);
        if (next !== null) onChange(next);
      }}
      onBlur={() => setTyped(null)}
    />
  );
}
