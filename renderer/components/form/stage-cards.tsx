import { Group, Radio, Text } from '@mantine/core';
import { STAGE_NAMES, type StageName, stageDeclarations } from '../../../trainer/config/stages.ts';
import classes from './form.module.css';

interface Props {
  readonly stage: StageName;
  readonly onChange: (stage: StageName) => void;
}

/** What a run can do, each with what it means and the paper it comes from. */
export function StageCards({ stage, onChange }: Props): React.JSX.Element {
  return (
    <Radio.Group value={stage} onChange={(next) => onChange(next as StageName)} aria-label="Stage">
      <div className={classes.stages}>
        {STAGE_NAMES.map((name) => {
          const { label, summary, paper } = stageDeclarations[name];
          return (
            <Radio.Card key={name} value={name} className={classes.stage ?? ''} aria-label={label}>
              <Group gap={8} wrap="nowrap">
                <Radio.Indicator size="xs" />
                <Text fw={600}>{label}</Text>
              </Group>
              <Text size="xs" c="dimmed" lh={1.4}>
                {summary}
              </Text>
              {paper && (
                <Text size="xs" fs="italic" mt="auto" c="dimmed">
                  {paper}
                </Text>
              )}
            </Radio.Card>
          );
        })}
      </div>
    </Radio.Group>
  );
}
