import { Anchor, Button, Text } from '@mantine/core';
import type { SettingProblem } from '../../../trainer/config/setting.ts';
import { type RunDraft, settingsOf } from '../../lib/run-draft.ts';
import { formatSettingValue } from '../../lib/setting-text.ts';
import { Panel } from '../common/panel.tsx';
import classes from './form.module.css';

interface Props {
  readonly draft: RunDraft;
  readonly problems: readonly SettingProblem[];
  readonly onResetAll: () => void;
}

function goTo(name: string): void {
  const field = document.getElementById(`setting-${name}`);
  field?.scrollIntoView({ block: 'center' });
  field?.querySelector<HTMLElement>('input, button')?.focus({ preventScroll: true });
}

/** What departs from the defaults and what is wrong, each a way to its field. */
export function ChangesPanel({ draft, problems, onResetAll }: Props): React.JSX.Element {
  const settings = settingsOf(draft.stage);
  const changed = Object.entries(draft.settings);
  return (
    <Panel
      title="Changed settings"
      {...(changed.length > 0
        ? {
            actions: (
              <Button size="compact-xs" variant="subtle" onClick={onResetAll}>
                Defaults for all
              </Button>
            ),
          }
        : {})}
    >
      {changed.length === 0 ? (
        <Text size="sm" c="dimmed">
          All settings are at their defaults.
        </Text>
      ) : (
        <ul className={classes.changes}>
          {changed.map(([name, value]) => (
            <li key={name}>
              <Anchor component="button" type="button" size="xs" onClick={() => goTo(name)}>
                {settings[name]?.label ?? name}
              </Anchor>
              <strong>{formatSettingValue(settings[name], value)}</strong>
            </li>
          ))}
        </ul>
      )}
      {problems.map((problem) => (
        <p key={problem.message} className={classes.problem}>
          {problem.message}{' '}
          <Anchor component="button" type="button" size="xs" onClick={() => goTo(problem.settings[0] ?? '')}>
            Go to it
          </Anchor>
        </p>
      ))}
    </Panel>
  );
}
