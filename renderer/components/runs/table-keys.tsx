import { ActionIcon, Kbd, Popover, Table, Tooltip } from '@mantine/core';
import { IconKeyboard } from '@tabler/icons-react';
import { RUN_TABLE_KEYS } from '../../lib/table-places.ts';

/** The keys that work in the table. */
export function TableKeysHelp(): React.JSX.Element {
  return (
    <Popover position="bottom-end" withArrow withRoles shadow="md">
      <Popover.Target>
        <Tooltip label="Keys of the table">
          <ActionIcon variant="subtle" color="gray" aria-label="Keys of the table">
            <IconKeyboard size={18} />
          </ActionIcon>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown aria-label="Keys of the table" p="xs">
        <Table verticalSpacing={3} withRowBorders={false} aria-label="Keys">
          <Table.Tbody>
            {RUN_TABLE_KEYS.map(([keys, does]) => (
              <Table.Tr key={keys}>
                <Table.Td>
                  <Kbd size="xs">{keys}</Kbd>
                </Table.Td>
                <Table.Td>{does}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Popover.Dropdown>
    </Popover>
  );
}
