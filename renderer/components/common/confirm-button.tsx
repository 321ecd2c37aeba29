import { Button, type ButtonProps, Group, Popover, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';

interface Props extends ButtonProps {
  /** What would be lost, in a sentence. */
  readonly question: string;
  /** The act, as a verb with its object: "Remove run". */
  readonly act: string;
  readonly onConfirm: () => void;
  readonly children: React.ReactNode;
}

/** A button for what cannot be undone: it asks once, in place. */
export function ConfirmButton({ question, act, onConfirm, children, ...rest }: Props): React.JSX.Element {
  const [opened, { open, close }] = useDisclosure(false);
  return (
    <Popover
      opened={opened}
      onChange={(next) => !next && close()}
      width={290}
      withArrow
      trapFocus
      withRoles
      position="bottom-end"
    >
      <Popover.Target>
        <Button {...rest} onClick={open}>
          {children}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={act}>
        <Text size="sm" mb="sm">
          {question}
        </Text>
        <Group gap="xs" justify="flex-end">
          <Button size="xs" variant="default" onClick={close}>
            Keep
          </Button>
          <Button
            size="xs"
            color="red"
            onClick={() => {
              close();
              onConfirm();
            }}
          >
            {act}
          </Button>
        </Group>
      </Popover.Dropdown>
    </Popover>
  );
}
