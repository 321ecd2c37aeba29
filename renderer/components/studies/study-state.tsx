import { Badge, Group, Progress, Text } from '@mantine/core';
import type { StudySummary } from '../../../electron/contract/studies.ts';
import { progressText, STUDY_STATE_TEXT } from '../../lib/study-state.ts';

export function StudyBadge({ study }: { readonly study: StudySummary }): React.JSX.Element {
  const { label, colour } = STUDY_STATE_TEXT[study.state];
  return (
    <Group gap={6} wrap="nowrap">
      <Badge color={colour} miw="max-content">
        {label}
      </Badge>
      {study.quick && (
        <Badge variant="outline" color="gray" miw="max-content">
          Quick
        </Badge>
      )}
    </Group>
  );
}

export function StudyProgress({ study }: { readonly study: StudySummary }): React.JSX.Element {
  return (
    <div>
      <Progress
        value={(100 * study.done) / Math.max(1, study.total)}
        size={5}
        animated={study.state === 'running'}
        aria-label={`Progress of ${study.title}`}
      />
      <Text size="xs" c="dimmed" mt={4}>
        {progressText(study)}
      </Text>
    </div>
  );
}
