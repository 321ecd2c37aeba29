import { Text } from '@mantine/core';
import type { Run } from '../../../electron/contract/run.ts';
import { Prose } from './prose.tsx';

/** The engine that was taken and why each better one was not. */
export function EngineText({ engine }: { readonly engine: NonNullable<Run['engine']> }): React.JSX.Element {
  return (
    <>
      <Text fw={560}>{engine.description || engine.name}</Text>
      {engine.rejected.length > 0 ? (
        <dl style={{ margin: '10px 0 0', fontSize: 13 }}>
          {engine.rejected.map(({ name, reason, wayOut }) => (
            <div key={name} style={{ marginBottom: 8 }}>
              <dt style={{ fontWeight: 560 }}>Not {name}</dt>
              <dd style={{ margin: 0, overflowWrap: 'anywhere' }}>
                <Prose text={reason} />{' '}
                <Text span c="dimmed" size="sm">
                  <Prose text={wayOut} />
                </Text>
              </dd>
            </div>
          ))}
        </dl>
      ) : (
        <Text size="sm" c="dimmed">
          It was the first choice.
        </Text>
      )}
    </>
  );
}
