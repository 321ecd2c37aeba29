import { Button, FileButton, Group } from '@mantine/core';
import { IconFile, IconFolder } from '@tabler/icons-react';
import { useRef } from 'react';
import { useImport } from './import-provider.tsx';

/** The drop zone's work by keyboard: pick files, or a whole folder. */
export function PickFiles(): React.JSX.Element {
  const { offer } = useImport();
  const reset = useRef<() => void>(null);
  const take = (files: File[]): void => {
    offer(files);
    reset.current?.();
  };
  return (
    <Group gap="xs" justify="center">
      <FileButton multiple onChange={take} resetRef={reset} inputProps={{ 'aria-label': 'Choose files' }}>
        {(props) => (
          <Button {...props} variant="default" leftSection={<IconFile size={16} aria-hidden />}>
            Choose files
          </Button>
        )}
      </FileButton>
      <FileButton
        multiple
        onChange={take}
        inputProps={{ 'aria-label': 'Choose a folder', ...{ webkitdirectory: '' } }}
      >
        {(props) => (
          <Button {...props} variant="default" leftSection={<IconFolder size={16} aria-hidden />}>
            Choose a folder
          </Button>
        )}
      </FileButton>
    </Group>
  );
}
