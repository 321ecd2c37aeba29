import { Button, Stack, TextInput } from '@mantine/core';
import { useCallback, useId, useMemo } from 'react';
import { useNavigate } from 'react-router';
import type { SettingProblem, SettingValue } from '../../trainer/config/setting.ts';
import { resolveStage, stageDeclarations } from '../../trainer/config/stages.ts';
import { ErrorNotice } from '../components/common/error-notice.tsx';
import { Page } from '../components/common/page.tsx';
import { Panel } from '../components/common/panel.tsx';
import { ChangesPanel } from '../components/form/changes-panel.tsx';
import { EstimatePanel } from '../components/form/estimate-panel.tsx';
import classes from '../components/form/form.module.css';
import { InputsPanel } from '../components/form/inputs-panel.tsx';
import { SettingsSection } from '../components/form/settings-section.tsx';
import { StageCards } from '../components/form/stage-cards.tsx';
import { SweepPanel } from '../components/form/sweep-panel.tsx';
import { useRunDraft } from '../components/form/use-run-draft.ts';
import { useCommand, useContract } from '../data/queries.ts';
import { newRunOf, type RunDraft, settingsOf, withSetting, withStage } from '../lib/run-draft.ts';
import { missingInputs } from '../lib/run-inputs.ts';
import { isActive } from '../lib/run-state.ts';

export function NewRunPage(): React.JSX.Element {
  const { draft, change } = useRunDraft();
  const runs = useContract('runs.list', {});
  const create = useCommand('runs.create');
  const navigate = useNavigate();
  const formId = useId();
  const problems = useMemo(
    () => resolveStage(draft.stage, draft.settings).problems,
    [draft.stage, draft.settings],
  );
  const missing = missingInputs(draft);
  const onSetting = useCallback(
    (name: string, value: SettingValue | null) => change((before) => withSetting(before, name, value)),
    [change],
  );
  const refused = create.error;
  const byName = problemsByName(problems, refused ? [{ ...refused, message: refused.message }] : []);
  const busy = runs.data?.some((run) => isActive(run.state) || run.state === 'queued') ?? false;
  const submit = (): void => {
    if (problems.length > 0 || missing.length > 0 || draft.sweep) return;
    create.mutate(newRunOf(draft), { onSuccess: (run) => void navigate(`/runs/${run.id}`) });
  };
  return (
    <Page
      title="New run"
      description="One stage on one corpus. Defaults work; the address keeps what you set."
    >
      <form
        id={formId}
        className={classes.layout}
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Stack gap="md" miw={0}>
          <StageCards
            stage={draft.stage}
            onChange={(stage) => {
              create.reset();
              change((before) => withStage(before, stage));
            }}
          />
          <InputsPanel draft={draft} onChange={change} />
          <Sections draft={draft} problems={byName} onChange={onSetting} />
          <SweepPanel
            draft={draft}
            possible={problems.length === 0 && missing.length === 0}
            onChange={change}
          />
        </Stack>
        <Stack gap="md" className={classes.aside ?? ''}>
          <EstimatePanel draft={draft} possible={problems.length === 0 && missing.length === 0} />
          <Panel>
            <Stack gap="sm">
              <TextInput
                label="Name"
                description="Left empty, it gets one."
                maxLength={200}
                value={draft.name}
                onChange={(event) => {
                  const name = event.currentTarget.value;
                  change((before) => ({ ...before, name }));
                }}
              />
              {refused && <ErrorNotice error={refused} />}
              <Button
                type="submit"
                fullWidth
                loading={create.isPending}
                disabled={problems.length > 0 || missing.length > 0 || draft.sweep !== null}
              >
                {busy ? 'Add to the queue' : 'Start run'}
              </Button>
              {draft.sweep && (
                <p className={classes.help}>The sweep’s own button, below the settings, queues its runs.</p>
              )}
              {missing.length > 0 && (
                <p className={classes.help} role="status">
                  {missing.join(' ')}
                </p>
              )}
            </Stack>
          </Panel>
          <ChangesPanel
            draft={draft}
            problems={problems}
            onResetAll={() => change((before) => ({ ...before, settings: {} }))}
          />
        </Stack>
      </form>
    </Page>
  );
}

interface SectionsProps {
  readonly draft: RunDraft;
  readonly problems: ReadonlyMap<string, SettingProblem>;
  readonly onChange: (name: string, value: SettingValue | null) => void;
}

function Sections({ draft, problems, onChange }: SectionsProps): React.JSX.Element {
  return (
    <>
      {stageDeclarations[draft.stage].sections.map(({ title, names }) => (
        <SettingsSection
          key={`${draft.stage} ${title}`}
          title={title}
          names={names}
          settings={settingsOf(draft.stage)}
          given={draft.settings}
          problems={problems}
          onChange={onChange}
        />
      ))}
    </>
  );
}

function problemsByName(...lists: readonly (readonly SettingProblem[])[]): Map<string, SettingProblem> {
  const byName = new Map<string, SettingProblem>();
  for (const problem of lists.flat()) for (const name of problem.settings) byName.set(name, problem);
  return byName;
}
