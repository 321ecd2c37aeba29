import { ActionIcon, Menu, Tooltip } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import type { ExportFormat, ExportWhat } from '../../../electron/contract/exports.ts';
import { showDone, showError } from '../../data/announce.tsx';
import { useCommand } from '../../data/queries.ts';
import { downloadExport } from '../../data/save-file.ts';
import { formatBytes, formatPlural } from '../../lib/format.ts';

const FORMAT_LABELS: Readonly<Record<ExportFormat, string>> = {
  csv: 'CSV',
  jsonl: 'JSON Lines',
  parquet: 'Parquet',
  tensorboard: 'TensorBoard',
};

const OFFERED: readonly (readonly [
  kind: ExportWhat['kind'],
  label: string,
  formats: readonly ExportFormat[],
])[] = [
  ['runs', 'Runs: settings and newest metrics', ['csv', 'jsonl', 'parquet']],
  ['metrics', 'Metrics: every point', ['csv', 'jsonl', 'parquet', 'tensorboard']],
  ['samples', 'Samples: kept rollouts', ['csv', 'jsonl', 'parquet']],
  ['answers', 'Answers of evaluations', ['csv', 'jsonl', 'parquet']],
];

/** Takes out what was recorded of the selected runs, or of all that are shown. */
export function ExportMenu({ runIds }: { readonly runIds: readonly string[] }): React.JSX.Element {
  const create = useCommand('exports.create');
  const save = (kind: ExportWhat['kind'], format: ExportFormat): void => {
    const ids = [...runIds];
    create.mutate(
      { what: { kind, runIds: ids }, format },
      {
        onError: showError,
        onSuccess: ({ exportId, name, rows, bytes }) => {
          downloadExport(exportId, name);
          showDone(`${name}: ${formatPlural(rows, 'row')}, ${formatBytes(bytes)}.`);
        },
      },
    );
  };
  return (
    <Menu position="bottom-end" withArrow width={270}>
      <Menu.Target>
        <Tooltip label={`Export ${formatPlural(runIds.length, 'run')}`}>
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label="Export"
            loading={create.isPending}
            disabled={runIds.length === 0}
          >
            <IconDownload size={18} />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        {OFFERED.map(([kind, label, formats]) => (
          <Menu.Sub key={kind} position="left-start">
            <Menu.Sub.Target>
              <Menu.Sub.Item>{label}</Menu.Sub.Item>
            </Menu.Sub.Target>
            <Menu.Sub.Dropdown>
              {formats.map((format) => (
                <Menu.Item key={format} onClick={() => save(kind, format)}>
                  {FORMAT_LABELS[format]}
                </Menu.Item>
              ))}
            </Menu.Sub.Dropdown>
          </Menu.Sub>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
