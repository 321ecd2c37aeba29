import { Button, Collapse } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconChevronDown, IconChevronUp } from '@tabler/icons-react';
import { useEffect, useId } from 'react';
import type { Setting, SettingProblem, SettingValue } from '../../../trainer/config/setting.ts';
import { Panel } from '../common/panel.tsx';
import classes from './form.module.css';
import { SettingField } from './setting-field.tsx';

interface Props {
  readonly title: string;
  readonly names: readonly string[];
  readonly settings: Readonly<Record<string, Setting>>;
  /** Values that differ from the defaults. */
  readonly given: Readonly<Record<string, SettingValue>>;
  readonly problems: ReadonlyMap<string, SettingProblem>;
  readonly onChange: (name: string, value: SettingValue | null) => void;
}

/** The settings of one concern; the rarely needed ones wait behind "more settings". */
export function SettingsSection(props: Props): React.JSX.Element {
  const { title, names, settings, given, problems, onChange } = props;
  const id = useId();
  const known = names.filter((name) => settings[name]);
  const plain = known.filter((name) => !settings[name]?.advanced);
  const advanced = known.filter((name) => settings[name]?.advanced);
  const noteworthy = advanced.some((name) => name in given || problems.has(name));
  const [opened, { open, toggle }] = useDisclosure(noteworthy);
  const troubled = advanced.some((name) => problems.has(name));
  // Stays open once the problem is solved: its field must not vanish under the hand that solves it.
  useEffect(() => {
    if (troubled) open();
  }, [troubled, open]);
  const shown = opened || troubled;
  const field = (name: string): React.ReactNode => {
    const setting = settings[name];
    return (
      setting && (
        <SettingField
          key={name}
          name={name}
          setting={setting}
          value={given[name] ?? setting.default}
          changed={name in given}
          problem={problems.get(name) ?? null}
          onChange={onChange}
        />
      )
    );
  };
  const Chevron = shown ? IconChevronUp : IconChevronDown;
  return (
    <Panel title={title}>
      {plain.length > 0 && <div className={classes.grid}>{plain.map(field)}</div>}
      {advanced.length > 0 && (
        <>
          <Button
            variant="subtle"
            size="compact-sm"
            ml={-8}
            {...(plain.length > 0 ? { mt: 'md' } : {})}
            aria-expanded={shown}
            aria-controls={id}
            rightSection={<Chevron size={15} aria-hidden />}
            onClick={toggle}
          >
            {shown ? 'Fewer settings' : `More settings (${advanced.length})`}
          </Button>
          <Collapse expanded={shown} id={id}>
            <div className={classes.grid} style={{ paddingTop: 12 }}>
              {advanced.map(field)}
            </div>
          </Collapse>
        </>
      )}
    </Panel>
  );
}
