import { Badge, Table, Text } from '@mantine/core';
import type { Corpus } from '../../../electron/contract/corpora.ts';
import { formatBytes, formatCount, formatPlural } from '../../lib/format.ts';
import { Ago } from '../common/ago.tsx';
import { PageLink } from '../common/link.tsx';
import { ImportState } from './import-state.tsx';

export function CorpusTable({ corpora }: { readonly corpora: readonly Corpus[] }): React.JSX.Element {
  return (
    <Table.ScrollContainer minWidth={960}>
      <Table verticalSpacing="sm" horizontalSpacing="sm" layout="fixed" aria-label="Corpora">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Name</Table.Th>
            <Table.Th w={118}>Holds</Table.Th>
            <Table.Th w={190}>State</Table.Th>
            <Table.Th w={94} className="number">
              Training
            </Table.Th>
            <Table.Th w={92} className="number">
              Held out
            </Table.Th>
            <Table.Th w={92} className="number">
              Size
            </Table.Th>
            <Table.Th w={104} className="number">
              Duplicates
            </Table.Th>
            <Table.Th w={118}>Imported</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {corpora.map((corpus) => (
            <Table.Tr key={corpus.id}>
              <Table.Td>
                <PageLink to={`/corpora/${corpus.id}`} fw={560} size="sm" lineClamp={2} title={corpus.name}>
                  {corpus.name}
                </PageLink>
                {corpus.failedFiles > 0 && (
                  <Text size="xs" c="var(--bad)">
                    {formatPlural(corpus.failedFiles, 'file')} left out
                  </Text>
                )}
              </Table.Td>
              <Table.Td>
                <Badge color="gray">{corpus.kind}</Badge>
              </Table.Td>
              <Table.Td>
                <ImportState corpus={corpus} />
              </Table.Td>
              <Table.Td className="number">{formatCount(corpus.trainDocuments)}</Table.Td>
              <Table.Td className="number">{formatCount(corpus.validationDocuments)}</Table.Td>
              <Table.Td className="number">{formatBytes(corpus.bytes)}</Table.Td>
              <Table.Td className="number">{formatCount(corpus.duplicates)}</Table.Td>
              <Table.Td>
                <Ago atMs={corpus.createdAtMs} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
