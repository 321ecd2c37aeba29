import { Button, Menu } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import {
  type ComparisonExport,
  type ComparisonFormat,
  EXPORT_FORMATS_OF,
} from '../../../electron/contract/analysis.ts';
import { showError } from '../../data/announce.tsx';
import { useCommand } from '../../data/queries.ts';
import { saveFile } from '../../data/save-file.ts';
import type { TierQuery } from '../../lib/compare-view.ts';

interface Props {
  readonly checkpointIds: readonly string[];
  readonly tier: TierQuery;
}

const PARTS: readonly { readonly what: ComparisonExport; readonly label: string }[] = [
  { what: 'report', label: 'All in one report' },
  { what: 'results', label: 'Results' },
  { what: 'tests', label: 'Paired tests' },
  { what: 'budgets', label: 'Forced budgets' },
  { what: 'lengths', label: 'Length bins' },
  { what: 'answers', label: 'Every answer' },
];
const FORMATS: Readonly<Record<ComparisonFormat, string>> = {
  csv: 'CSV',
  markdown: 'Markdown',
  latex: 'LaTeX',
  jsonl: 'JSON Lines',
  parquet: 'Parquet',
  html: 'HTML',
};

/** The comparison as files. Figures have menus of their own. */
export function ExportMenu({ checkpointIds, tier }: Props): React.JSX.Element {
  const file = useCommand('compare.export');
  const save = (what: ComparisonExport, format: ComparisonFormat): void => {
    file.mutate(
      { checkpointIds: [...checkpointIds], what, format, tier },
      {
        onSuccess: ({ name, mediaType, base64 }) =>
          saveFile(name, new Blob([bytesOf(base64)], { type: mediaType })),
        onError: showError,
      },
    );
  };
  return (
    <Menu position="bottom-end" withArrow>
      <Menu.Target>
        <Button
          size="xs"
          variant="default"
          loading={file.isPending}
          leftSection={<IconDownload size={15} aria-hidden />}
        >
          Export
        </Button>
      </Menu.Target>
      <Menu.Dropdown mah={420} style={{ overflowY: 'auto' }}>
        {PARTS.map(({ what, label }) => (
          <div key={what}>
            <Menu.Label>{label}</Menu.Label>
            {EXPORT_FORMATS_OF[what].map((format) => (
              <Menu.Item
                key={format}
                onClick={() => save(what, format)}
                aria-label={`${label} as ${FORMATS[format]}`}
              >
                {FORMATS[format]}
              </Menu.Item>
            ))}
          </div>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
