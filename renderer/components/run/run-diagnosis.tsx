import { Badge, Group, Stack, Table, Text } from '@mantine/core';
import { IconCircleCheck } from '@tabler/icons-react';
import type { Run } from '../../../electron/contract/run.ts';
import type { Evidence, Finding } from '../../../electron/contract/stalls.ts';
import type { Output } from '../../../electron/contract.ts';
import { type StageName, stageSettings } from '../../../trainer/config/stages.ts';
import { useContract } from '../../data/queries.ts';
import { formatCount, formatNumber } from '../../lib/format.ts';
import { metricFor } from '../../lib/metric-text.ts';
import { STALL_TEXT } from '../../lib/stall-text.ts';
import { Answered } from '../common/answered.tsx';
import { PageLink } from '../common/link.tsx';
import { Panel } from '../common/panel.tsx';

/** Why a run learns nothing, as far as its numbers tell, with the rollouts that show it. */
export function RunDiagnosis({ run }: { readonly run: Run }): React.JSX.Element {
  const diagnosis = useContract('runs.diagnose', { runId: run.id });
  return (
    <Answered query={diagnosis} what="the diagnosis">
      {(data) => (
        <Stack gap="md">
          {data.findings.map((finding) => (
            <FindingPanel key={finding.kind} run={run} finding={finding} />
          ))}
          {data.findings.length === 0 && (
            <Panel>
              <Group gap="sm" wrap="nowrap">
                <IconCircleCheck size={22} color="var(--mantine-color-teal-6)" aria-hidden />
                <Text size="sm">
                  Nothing of what was looked at keeps this run from learning. That does not say it learns what
                  it should: compare its checkpoints.
                </Text>
              </Group>
            </Panel>
          )}
          <CheckedPanel checked={data.checked} />
        </Stack>
      )}
    </Answered>
  );
}

interface FindingProps {
  readonly run: Run;
  readonly finding: Finding;
}

function FindingPanel({ run, finding }: FindingProps): React.JSX.Element {
  const { title, severity, text, advice, settings, evidence, samples } = finding;
  return (
    <Panel
      title={title}
      actions={
        <Badge color={severity === 'problem' ? 'orange' : 'blue'}>
          {severity === 'problem' ? 'Problem' : 'Notice'}
        </Badge>
      }
    >
      <Stack gap="sm">
        <Text size="sm" maw="78ch">
          {text}
        </Text>
        <Text size="sm" maw="78ch">
          <strong>What to change:</strong> {advice}
        </Text>
        <Group gap={6}>
          {settings.map((name) => (
            <Badge key={name} variant="default" title={name}>
              {labelOf(run.stage, name)}
            </Badge>
          ))}
          <PageLink to={`/runs/new?like=${run.id}`} size="sm">
            New run with these settings, to change them
          </PageLink>
        </Group>
        <EvidenceTable title={title} evidence={evidence} />
        {samples.length > 0 && (
          <div>
            <Text size="sm" fw={560} mb={4}>
              Rollouts that show it
            </Text>
            <Group gap="xs">
              {samples.map(({ id, step, promptIndex }) => (
                <PageLink
                  key={id}
                  size="sm"
                  to={`/runs/${run.id}?tab=samples&at=${step}&prompt=${promptIndex}`}
                >
                  step {formatCount(step)}, prompt {promptIndex + 1}
                </PageLink>
              ))}
            </Group>
          </div>
        )}
      </Stack>
    </Panel>
  );
}

function labelOf(stage: StageName, name: string): string {
  const settings: Readonly<Record<string, { readonly label: string }>> = stageSettings[stage];
  return settings[name]?.label ?? name;
}

interface EvidenceProps {
  readonly title: string;
  readonly evidence: readonly Evidence[];
}

function EvidenceTable({ title, evidence }: EvidenceProps): React.JSX.Element {
  return (
    <Table aria-label={`Numbers behind: ${title}`} verticalSpacing={4} maw={760}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Measured</Table.Th>
          <Table.Th className="number">Value</Table.Th>
          <Table.Th className="number">Held against</Table.Th>
          <Table.Th className="number">Steps</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {evidence.map(({ metric, label, value, against, againstLabel, fromStep, toStep }) => (
          <Table.Tr key={`${metric} ${label}`}>
            <Table.Td title={metricFor(metric).help}>{label}</Table.Td>
            <Table.Td className="number">{formatNumber(value, 3)}</Table.Td>
            <Table.Td className="number">
              {against === null ? '–' : `${formatNumber(against, 3)} (${againstLabel})`}
            </Table.Td>
            <Table.Td className="number">
              {formatCount(fromStep)} to {formatCount(toStep)}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function CheckedPanel({
  checked,
}: {
  readonly checked: Output<'runs.diagnose'>['checked'];
}): React.JSX.Element {
  return (
    <Panel title="What was looked at" flush>
      <Table aria-label="What was looked at" horizontalSpacing="md" verticalSpacing={6}>
        <Table.Tbody>
          {checked.map(({ kind, possible, why }) => (
            <Table.Tr key={kind}>
              <Table.Th scope="row" w={220}>
                {STALL_TEXT[kind].label}
              </Table.Th>
              <Table.Td>{STALL_TEXT[kind].help}</Table.Td>
              <Table.Td c="dimmed">{possible ? 'Looked at' : `Not possible. ${why}`}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Panel>
  );
}
