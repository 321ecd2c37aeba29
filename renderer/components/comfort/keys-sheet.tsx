import { CloseButton, Group, Kbd, Modal, SimpleGrid, Table, Title } from '@mantine/core';
import { useId } from 'react';
import { EVERYWHERE, IN_CHARTS } from '../../lib/shortcuts.ts';
import { RUN_TABLE_KEYS } from '../../lib/table-places.ts';

interface Props {
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** Every key that does something. */
export function KeysSheet({ opened, onClose }: Props): React.JSX.Element {
  return (
    <Modal.Root opened={opened} onClose={onClose} size={860}>
      <Modal.Overlay />
      <Modal.Content aria-label="Keyboard shortcuts">
        <Modal.Body>
          <Group justify="space-between" my="sm">
            <Title order={2}>Keyboard shortcuts</Title>
            <CloseButton aria-label="Close" onClick={onClose} />
          </Group>
          <SimpleGrid cols={2} spacing="xl">
            <div>
              <KeyTable title="Everywhere" rows={EVERYWHERE} />
              <KeyTable title="In charts" rows={IN_CHARTS} />
            </div>
            <div>
              <KeyTable title="In the table of runs" rows={RUN_TABLE_KEYS} />
            </div>
          </SimpleGrid>
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}

interface KeyTableProps {
  readonly title: string;
  readonly rows: readonly (readonly [string, string])[];
}

function KeyTable({ title, rows }: KeyTableProps): React.JSX.Element {
  const id = useId();
  return (
    <>
      <Title order={3} size="h5" id={id} mb={4} mt="xs">
        {title}
      </Title>
      <Table verticalSpacing={4} withRowBorders={false} aria-labelledby={id}>
        <Table.Tbody>
          {rows.map(([keys, does]) => (
            <Table.Tr key={keys}>
              <Table.Td w={130}>
                <Kbd size="xs">{keys}</Kbd>
              </Table.Td>
              <Table.Td>{does}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </>
  );
}
