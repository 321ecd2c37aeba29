import { Stack, Table, Text } from '@mantine/core';
import type { Output } from '../../../electron/contract.ts';
import type { Setting, SettingValue } from '../../../trainer/config/setting.ts';
import { stageDeclarations, stageSettings } from '../../../trainer/config/stages.ts';
import { sameValue } from '../../lib/run-draft.ts';
import { formatSettingValue } from '../../lib/setting-text.ts';
import { EngineText } from '../common/engine-text.tsx';
import { Panel } from '../common/panel.tsx';
import { PaperSymbol } from '../common/symbol.tsx';

/** Everything the run was told, those apart from their defaults marked, and the engine it ran on. */
export function RunSettings({ detail }: { readonly detail: Output<'runs.get'> }): React.JSX.Element {
  const { run, settings } = detail;
  if (run.origin === 'imported') {
    return (
      <Panel title="Settings">
        <Text c="dimmed" size="sm">
          The run was imported: its settings and engine are not known here.
        </Text>
      </Panel>
    );
  }
  const declared: Readonly<Record<string, Setting>> = stageSettings[run.stage];
  return (
    <Stack gap="md">
      <Panel title="Engine">
        {run.engine ? (
          <EngineText engine={run.engine} />
        ) : (
          <Text c="dimmed" size="sm">
            The engine is chosen when the run starts.
          </Text>
        )}
      </Panel>
      {stageDeclarations[run.stage].sections.map(({ title, names }) => (
        <Panel key={title} title={title} flush>
          <Table horizontalSpacing="md" verticalSpacing={6} layout="fixed" aria-label={title}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th w="34%">Setting</Table.Th>
                <Table.Th w="90px">Symbol</Table.Th>
                <Table.Th>Value</Table.Th>
                <Table.Th>Default</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {names
                .filter((name) => name in settings)
                .map((name) => {
                  const setting = declared[name];
                  const value = settings[name];
                  const changed = setting !== undefined && !sameValue(value as SettingValue, setting.default);
                  return (
                    <Table.Tr key={name}>
                      <Table.Td title={name}>{setting?.label ?? name}</Table.Td>
                      <Table.Td>{setting?.symbol && <PaperSymbol text={setting.symbol} />}</Table.Td>
                      <Table.Td fw={changed ? 650 : 400}>{formatSettingValue(setting, value)}</Table.Td>
                      <Table.Td c="dimmed">
                        {changed && formatSettingValue(setting, setting.default)}
                      </Table.Td>
                    </Table.Tr>
                  );
                })}
            </Table.Tbody>
          </Table>
        </Panel>
      ))}
    </Stack>
  );
}
