import { Badge, Table, Text } from '@mantine/core';
import type { StudyClaim } from '../../../electron/contract/studies.ts';
import { basisText, effectText, pText, VERDICT_WORDS } from '../../../electron/contract/study-text.ts';
import { VERDICT_COLOURS } from '../../lib/study-state.ts';
import { Panel } from '../common/panel.tsx';
import classes from './studies.module.css';

const HOW =
  'Effects with their 95% interval over seeds and documents. Reproduced, or not, means p < 0.05 after Holm’s correction over the study’s claims, with at least three seeds; all else is undecided.';

export function StudyClaims({
  claims,
}: {
  readonly claims: readonly StudyClaim[];
}): React.JSX.Element | null {
  if (claims.length === 0) return null;
  return (
    <Panel title="Claims" description={HOW} flush>
      <Table horizontalSpacing="md" verticalSpacing={8} className={classes.table ?? ''} aria-label="Claims">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Claim</Table.Th>
            <Table.Th>Verdict</Table.Th>
            <Table.Th>Effect</Table.Th>
            <Table.Th className="number">p (Holm)</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {claims.map((claim) => (
            <Table.Tr key={claim.id}>
              <Table.Th scope="row" fw={400}>
                <Text size="sm" fw={560}>
                  {claim.statement}
                </Text>
                <Text size="xs" c="dimmed">
                  {claim.expectation}
                </Text>
              </Table.Th>
              <Table.Td>
                <Badge color={VERDICT_COLOURS[claim.verdict]} miw="max-content">
                  {VERDICT_WORDS[claim.verdict]}
                </Badge>
              </Table.Td>
              <Table.Td>
                <Text size="sm">{effectText(claim)}</Text>
                <Text size="xs" c="dimmed">
                  {basisText(claim)}
                </Text>
                {claim.notes.map((note) => (
                  <Text key={note} size="xs" c="dimmed">
                    {note}
                  </Text>
                ))}
              </Table.Td>
              <Table.Td className="number">{pText(claim.pHolm)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Panel>
  );
}
