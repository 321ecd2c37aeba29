import { ActionIcon, Tooltip } from '@mantine/core';
import { IconArrowBackUp } from '@tabler/icons-react';
import { memo, useId } from 'react';
import type { Setting, SettingProblem, SettingValue } from '../../../trainer/config/setting.ts';
import { describeRange } from '../../lib/setting-text.ts';
import { PaperSymbol } from '../common/symbol.tsx';
import classes from './form.module.css';
import { SettingInput } from './setting-input.tsx';

interface Props {
  readonly name: string;
  readonly setting: Setting;
  readonly value: SettingValue;
  readonly changed: boolean;
  readonly problem: SettingProblem | null;
  /** null puts the default back. */
  readonly onChange: (name: string, value: SettingValue | null) => void;
}

/** One setting: what it is called in the field and in the paper, its control, its range, and what is wrong with it. */
export const SettingField = memo(function SettingField(props: Props): React.JSX.Element {
  const { name, setting, value, changed, problem, onChange } = props;
  const id = useId();
  const helpId = `${id}help`;
  const problemId = `${id}problem`;
  return (
    <div className={classes.field} data-changed={changed || undefined} id={`setting-${name}`}>
      <div className={classes.labelRow}>
        <label htmlFor={id} id={`${id}label`} title={name}>
          {setting.label}
        </label>
        {setting.symbol && <PaperSymbol text={setting.symbol} />}
        {changed && (
          <Tooltip label="Back to the default">
            <ActionIcon
              variant="subtle"
              size="xs"
              ml="auto"
              aria-label={`Put ${setting.label} back to its default`}
              onClick={() => onChange(name, null)}
            >
              <IconArrowBackUp size={14} />
            </ActionIcon>
          </Tooltip>
        )}
      </div>
      <SettingInput
        id={id}
        setting={setting}
        value={value}
        invalid={problem !== null}
        describedBy={problem ? `${problemId} ${helpId}` : helpId}
        onChange={(next) => onChange(name, next)}
      />
      {problem && (
        <p className={classes.problem} id={problemId}>
          {problem.message} {problem.wayOut}
        </p>
      )}
      <p className={classes.help} id={helpId}>
        {setting.help} <span className={classes.range}>{describeRange(setting)}</span>
      </p>
    </div>
  );
});
