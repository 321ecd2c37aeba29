import { Table, Text } from '@mantine/core';
import type { StudySummary } from '../../../electron/contract/studies.ts';
import { statedTime } from '../../lib/study-state.ts';
import { PageLink } from '../common/link.tsx';
import classes from './studies.module.css';
import { StudyBadge, StudyProgress } from './study-state.tsx';

export function StudyList({ studies }: { readonly studies: readonly StudySummary[] }): React.JSX.Element {
  return (
    <Table horizontalSpacing="md" verticalSpacing={10} className={classes.table ?? ''} aria-label="Studies">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Study</Table.Th>
          <Table.Th>State</Table.Th>
          <Table.Th w={250}>Progress</Table.Th>
          <Table.Th className="nowrap">On two cores</Table.Th>
          <Table.Th className="number">Seeds</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {studies.map((study) => (
          <Table.Tr key={study.id}>
            <Table.Th scope="row" fw={400}>
              <PageLink to={`/studies/${study.id}`} fw={560} size="sm">
                {study.title}
              </PageLink>
              <Text size="xs" c="dimmed" maw="80ch">
                {study.reason && study.total === 0 ? study.reason : study.question}
              </Text>
            </Table.Th>
            <Table.Td>
              <StudyBadge study={study} />
            </Table.Td>
            <Table.Td>
              <StudyProgress study={study} />
            </Table.Td>
            <Table.Td className="nowrap">{statedTime(study)}</Table.Td>
            <Table.Td className="number">{study.seeds.length}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
