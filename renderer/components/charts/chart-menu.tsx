import { ActionIcon, Menu } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconArrowsMaximize, IconDots, IconFileTypeCsv, IconPhoto, IconVector } from '@tabler/icons-react';
import type { RefObject } from 'react';
import { showError } from '../../data/announce.tsx';
import { saveFile } from '../../data/save-file.ts';
import { fileName } from '../../lib/file-name.ts';
import { DotsButton } from '../common/dots-button.tsx';
import { chartImage, pngOf } from './chart-image.ts';
import { CheckpointItems } from './charted-runs.tsx';
import type { Key } from './legend.tsx';

interface Props {
  readonly figure: RefObject<HTMLElement | null>;
  readonly title: string;
  readonly keys: readonly Key[];
  readonly csv?: () => Promise<string>;
}

/** Full screen, and the chart as a file. Made when first asked for, as pages hold many charts. */
export function ChartMenu(props: Props): React.JSX.Element {
  const [wanted, { open }] = useDisclosure(false);
  if (wanted) return <OpenMenu {...props} />;
  return <DotsButton small label={`Show or save the chart ${props.title}`} onClick={open} />;
}

function OpenMenu({ figure, title, keys, csv }: Props): React.JSX.Element {
  const drawing = () => {
    if (!figure.current) throw new Error('The chart is gone.');
    return chartImage(figure.current, { title, keys });
  };
  const saving = (act: () => Promise<void>) => (): void => void act().catch(showError);
  return (
    // Inside the figure, so that it shows in full screen too.
    <Menu position="bottom-end" withArrow defaultOpened withinPortal={false}>
      <Menu.Target>
        <ActionIcon size="sm" variant="subtle" color="gray" aria-label={`Show or save the chart ${title}`}>
          <IconDots size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          leftSection={<IconArrowsMaximize size={15} />}
          onClick={saving(async () => {
            if (document.fullscreenElement) await document.exitFullscreen();
            else await figure.current?.requestFullscreen();
          })}
        >
          Full screen
        </Menu.Item>
        <Menu.Item
          leftSection={<IconPhoto size={15} />}
          onClick={saving(async () => saveFile(fileName(title, 'png'), await pngOf(drawing())))}
        >
          Save as PNG
        </Menu.Item>
        <Menu.Item
          leftSection={<IconVector size={15} />}
          onClick={saving(async () => saveFile(fileName(title, 'svg'), drawing().svg, 'image/svg+xml'))}
        >
          Save as SVG
        </Menu.Item>
        {csv && (
          <Menu.Item
            leftSection={<IconFileTypeCsv size={15} />}
            onClick={saving(async () => saveFile(fileName(title, 'csv'), await csv(), 'text/csv'))}
          >
            Save as CSV
          </Menu.Item>
        )}
        <CheckpointItems />
      </Menu.Dropdown>
    </Menu>
  );
}
