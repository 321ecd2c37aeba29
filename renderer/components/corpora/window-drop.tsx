import '@mantine/dropzone/styles.css';
import { Stack, Text } from '@mantine/core';
import { Dropzone } from '@mantine/dropzone';
import { IconFileImport } from '@tabler/icons-react';
import { onDesktop } from '../../api.ts';

interface Props {
  readonly active: boolean;
  readonly onDrop: (files: File[]) => void;
}

/** On the desktop folders stay whole: the host walks them by path. */
async function droppedAsTheyAre(event: unknown): Promise<File[]> {
  const transfer =
    event instanceof DragEvent
      ? event.dataTransfer
      : (event as { dataTransfer?: DataTransfer | null }).dataTransfer;
  return [...(transfer?.files ?? [])];
}

/** Takes files and folders dropped anywhere on the window; folders are walked to the bottom. */
export function WindowDrop({ active, onDrop }: Props): React.JSX.Element {
  return (
    <Dropzone.FullScreen
      active={active}
      onDrop={onDrop}
      radius="lg"
      activateOnKeyboard={false}
      aria-hidden // Dropping needs a pointer; "Choose files" does the same by keyboard.
      {...(onDesktop ? { getFilesFromEvent: droppedAsTheyAre } : {})}
      inputProps={{ 'aria-label': 'Files to import', tabIndex: -1 }}
    >
      <Stack align="center" justify="center" mih="80vh" gap="xs" style={{ pointerEvents: 'none' }}>
        <IconFileImport size={48} stroke={1.4} aria-hidden />
        <Text size="xl" fw={600}>
          Drop to import as a corpus
        </Text>
        <Text c="dimmed">Files or whole folders: .txt, .md, .jsonl, .json, .csv, also gzipped</Text>
      </Stack>
    </Dropzone.FullScreen>
  );
}
