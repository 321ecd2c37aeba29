import { Stack } from '@mantine/core';
import { IconMessages } from '@tabler/icons-react';
import { LENGTH_CHANGES, OUTCOME_CHANGES } from '../../../electron/contract/analysis.ts';
import { useUrlChoice, useUrlText } from '../../data/url-state.ts';
import type { CompareView } from '../../lib/compare-view.ts';
import { Panel } from '../common/panel.tsx';
import { Teaching } from '../common/teaching.tsx';
import { AnswersPanel } from './answers-panel.tsx';
import { FlipsPanel } from './flips-panel.tsx';

const OUTCOMES = ['any', ...OUTCOME_CHANGES] as const;
const LENGTHS = ['any', ...LENGTH_CHANGES] as const;

/** How answers to the same prompts changed from one checkpoint to another, and the answers themselves. */
export function AnswersTab({ view }: { readonly view: CompareView }): React.JSX.Element {
  const { checkpoints, group } = view;
  const evaluated = checkpoints.filter(({ id }) =>
    group.evaluations.some(({ checkpointId }) => checkpointId === id),
  );
  const [aText, setA] = useUrlText('a');
  const [bText, setB] = useUrlText('b');
  const [outcome, setOutcome] = useUrlChoice('flip', OUTCOMES);
  const [length, setLength] = useUrlChoice('change', LENGTHS);
  const known = (id: string | null): string | undefined => evaluated.find((one) => one.id === id)?.id;
  const a = known(aText) ?? evaluated[0]?.id;
  const b = known(bText) ?? evaluated.find(({ id }) => id !== a)?.id;
  if (!a) {
    return (
      <Panel>
        <Teaching icon={IconMessages} title="No answers here">
          None of the chosen checkpoints was evaluated like this. Choose another measurement above.
        </Teaching>
      </Panel>
    );
  }
  const isFiltered = b !== undefined && (outcome !== 'any' || length !== 'any');
  return (
    <Stack gap="md">
      {b && (
        <FlipsPanel
          view={view}
          pair={{ a, b, setA, setB }}
          chosen={{ outcome, length }}
          onChoose={(nextOutcome, nextLength) => {
            setOutcome(nextOutcome ?? 'any');
            setLength(nextLength ?? 'any');
          }}
        />
      )}
      <AnswersPanel
        view={view}
        change={
          isFiltered
            ? { a, b, outcome: outcome === 'any' ? null : outcome, length: length === 'any' ? null : length }
            : null
        }
        onUnfilter={() => {
          setOutcome('any');
          setLength('any');
        }}
      />
    </Stack>
  );
}
