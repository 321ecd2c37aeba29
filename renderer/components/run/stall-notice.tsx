import { Alert, List, Text } from '@mantine/core';
import { IconStethoscope } from '@tabler/icons-react';
import type { Run } from '../../../electron/contract/run.ts';
import { useContract } from '../../data/queries.ts';
import { PageLink } from '../common/link.tsx';

/** Says on every tab that a run learns nothing, and why in a line each. */
export function StallNotice({ run }: { readonly run: Run }): React.JSX.Element | null {
  const diagnosis = useContract('runs.diagnose', { runId: run.id }, { enabled: run.stage !== 'evaluate' });
  const problems = diagnosis.data?.findings.filter(({ severity }) => severity === 'problem') ?? [];
  if (problems.length === 0) return null;
  return (
    <Alert color="orange" icon={<IconStethoscope aria-hidden />} title="This run seems to learn nothing.">
      <List size="sm" spacing={2}>
        {problems.map(({ kind, title, advice }) => (
          <List.Item key={kind}>
            <strong>{title}.</strong> {advice}
          </List.Item>
        ))}
      </List>
      <Text size="sm" mt={6}>
        <PageLink to={`/runs/${run.id}?tab=diagnosis`} size="sm">
          The numbers behind it, and the rollouts that show it
        </PageLink>
      </Text>
    </Alert>
  );
}
