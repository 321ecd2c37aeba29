import { Table, Text } from '@mantine/core';
import { IconFileOff } from '@tabler/icons-react';
import type { CorpusFile } from '../../../electron/contract/corpora.ts';
import { formatBytes, formatCount } from '../../lib/format.ts';
import { Panel } from '../common/panel.tsx';
import { Teaching } from '../common/teaching.tsx';

/** Every file that was read, those with errors first and each with its reason. */
export function CorpusFiles({ files }: { readonly files: readonly CorpusFile[] }): React.JSX.Element {
  if (files.length === 0) {
    return (
      <Panel>
        <Teaching icon={IconFileOff} title="No files">
          This corpus was not made from files, or none has been read yet.
        </Teaching>
      </Panel>
    );
  }
  const sorted = [...files].sort((a, b) => Number(b.error !== null) - Number(a.error !== null));
  return (
    <Panel bare>
      <Table.ScrollContainer minWidth={760}>
        <Table verticalSpacing="xs" horizontalSpacing="md" aria-label="Files of the corpus">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>File</Table.Th>
              <Table.Th>Format</Table.Th>
              <Table.Th className="number">Size</Table.Th>
              <Table.Th className="number">Documents</Table.Th>
              <Table.Th className="number">Duplicates</Table.Th>
              <Table.Th>Error</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {sorted.map((file) => (
              <Table.Tr key={file.path}>
                <Table.Td maw={360} style={{ overflowWrap: 'anywhere' }}>
                  {file.path}
                </Table.Td>
                <Table.Td>{file.format}</Table.Td>
                <Table.Td className="number">{formatBytes(file.bytes)}</Table.Td>
                <Table.Td className="number">{formatCount(file.documents)}</Table.Td>
                <Table.Td className="number">{formatCount(file.duplicates)}</Table.Td>
                <Table.Td>{file.error && <FileError error={file.error} />}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Panel>
  );
}

function FileError({ error }: { readonly error: NonNullable<CorpusFile['error']> }): React.JSX.Element {
  return (
    <Text size="sm" fw={500}>
      {error.line !== null && `Line ${formatCount(error.line)}: `}
      {error.reason}
    </Text>
  );
}
