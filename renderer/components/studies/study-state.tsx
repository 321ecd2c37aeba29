import { Badge, Group, Progress } from '@mantine/core';
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
      <Group gap={8} mt={4} c="dimmed" fz="xs">
        {progressText(study).map((part) => (
          <span key={part} className="nowrap">
            {part}
          </span>
        ))}
      </Group>
    </div>
  );
}
