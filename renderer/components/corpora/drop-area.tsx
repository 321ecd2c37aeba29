import { Text } from '@mantine/core';
import { IconFileImport } from '@tabler/icons-react';
import classes from './corpora.module.css';
import { PickFiles } from './pick-files.tsx';

/** Shows where to drop; the whole window takes the drop. */
export function DropArea(): React.JSX.Element {
  return (
    <div className={classes.drop}>
      <IconFileImport size={30} stroke={1.4} aria-hidden />
      <div>
        <Text fw={560}>Drop files or folders anywhere on this window</Text>
        <Text size="sm" c="dimmed">
          .txt, .md, .jsonl, .json, .csv and gzip of these. Exact duplicates are dropped and counted.
        </Text>
      </div>
      <PickFiles />
    </div>
  );
}
