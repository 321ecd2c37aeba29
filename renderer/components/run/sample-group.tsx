import { Badge, Group, Stack, Text } from '@mantine/core';
import type { StoredSample } from '../../../electron/contract/runs.ts';
import { formatNumber, formatShare } from '../../lib/format.ts';
import type { SampleGroup } from '../../lib/sample-groups.ts';
import { Panel } from '../common/panel.tsx';
import classes from './sample-group.module.css';

/** One prompt, what the document says there, and every rollout of its group. */
export function SampleGroupView({ group }: { readonly group: SampleGroup }): React.JSX.Element {
  const maskFraction = group.samples[0]?.maskFraction ?? null;
  return (
    <Stack gap="sm" miw={0}>
      <Panel title={`Prompt ${group.promptIndex + 1}`}>
        <div className={`reading ${classes.promptText}`}>{group.promptText}</div>
        <Text size="xs" c="dimmed" mt="sm">
          The document says{maskFraction !== null && ` (${formatShare(maskFraction, 0)} of it masked)`}
        </Text>
        <div className="reading">{group.truthText}</div>
      </Panel>
      {group.samples.map((sample) => (
        <Rollout key={sample.id} sample={sample} />
      ))}
    </Stack>
  );
}

function Rollout({ sample }: { readonly sample: StoredSample }): React.JSX.Element {
  const right = sample.answerText.trim() === sample.truthText.trim();
  return (
    <Panel>
      <article aria-label={`Rollout ${sample.generationIndex + 1}`}>
        <Group gap="xs" mb="xs">
          <Text size="sm" fw={600}>
            Rollout {sample.generationIndex + 1}
          </Text>
          <Badge color={right ? 'teal' : 'gray'}>{right ? 'as in the document' : 'otherwise'}</Badge>
          {sample.truncated && <Badge color="orange">truncated</Badge>}
          <Text size="xs" c="dimmed" ml="auto">
            {sample.thinkingLength} tokens of thinking
            {sample.budget !== null && `, budget ${formatNumber(sample.budget)}`} · {sample.completionLength}{' '}
            in all
          </Text>
        </Group>
        <div className={classes.parts}>
          <span>
            reward <strong>{formatNumber(sample.reward, 3)}</strong>
          </span>
          {Object.entries(sample.rewards).map(([part, value]) => (
            <span key={part}>
              {part} <strong>{formatNumber(value, 3)}</strong>
            </span>
          ))}
          <span>
            advantage <strong>{formatNumber(sample.advantage, 3)}</strong>
          </span>
        </div>
        <Text size="xs" c="dimmed" mt="xs">
          Thinking
        </Text>
        <div className={`reading ${classes.thinking}`}>{sample.thinkingText || '(nothing)'}</div>
        <Text size="xs" c="dimmed" mt="xs">
          Answer
        </Text>
        <div className="reading">{sample.answerText || '(nothing)'}</div>
      </article>
    </Panel>
  );
}
