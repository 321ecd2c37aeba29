import { Button, Stack } from '@mantine/core';
import { IconChartDots3 } from '@tabler/icons-react';
import { useSearchParams } from 'react-router';
import type { Checkpoint } from '../../electron/contract/checkpoints.ts';
import { Answered } from '../components/common/answered.tsx';
import { ButtonLink } from '../components/common/link.tsx';
import { Page } from '../components/common/page.tsx';
import { Panel } from '../components/common/panel.tsx';
import { Teaching } from '../components/common/teaching.tsx';
import { CheckpointPicker } from '../components/compare/checkpoint-picker.tsx';
import { Comparison } from '../components/compare/comparison.tsx';
import { useContract } from '../data/queries.ts';
import { useUrlList } from '../data/url-state.ts';

const MOST_CHECKPOINTS = 64;
const OFFERED = 8;

export function ComparePage(): React.JSX.Element {
  const [chosen, setChosen] = useUrlList('c');
  const ids = chosen.slice(0, MOST_CHECKPOINTS);
  const [params] = useSearchParams();
  const addressWith = (all: readonly string[]): string => {
    const next = new URLSearchParams(params);
    next.set('c', all.join(','));
    return `/compare?${next}`;
  };
  const checkpoints = useContract('checkpoints.list', {});
  const comparison = useContract(
    'compare.checkpoints',
    { checkpointIds: [...ids] },
    { enabled: ids.length > 0, keepPrevious: true },
  );
  return (
    <Page
      title="Compare"
      description="Thinking length against accuracy, checkpoint by checkpoint, on the same prompts, decoding and caps."
    >
      <Answered query={checkpoints} what="the checkpoints">
        {(all) =>
          all.length === 0 ? (
            <Panel>
              <NoCheckpoints />
            </Panel>
          ) : (
            <Stack gap="md">
              <CheckpointPicker checkpoints={all} chosen={ids} onChange={setChosen} />
              {ids.length === 0 ? (
                <Panel>
                  <ChooseSome checkpoints={all} onChoose={setChosen} />
                </Panel>
              ) : (
                <Answered query={comparison} what="the comparison">
                  {(data) => <Comparison data={data} addressWith={(id) => addressWith([...ids, id])} />}
                </Answered>
              )}
            </Stack>
          )
        }
      </Answered>
    </Page>
  );
}

function NoCheckpoints(): React.JSX.Element {
  return (
    <Teaching
      icon={IconChartDots3}
      title="Nothing to compare yet"
      actions={
        <>
          <ButtonLink to="/">Start with the sample project</ButtonLink>
          <ButtonLink to="/runs/new?stage=pretrain" variant="default">
            Train a first checkpoint
          </ButtonLink>
        </>
      }
    >
      A comparison sets checkpoints side by side: how long each thinks and how often it is right, with
      intervals on both. Checkpoints come from runs.
    </Teaching>
  );
}

interface ChooseSomeProps {
  readonly checkpoints: readonly Checkpoint[];
  readonly onChoose: (ids: readonly string[]) => void;
}

function ChooseSome({ checkpoints, onChoose }: ChooseSomeProps): React.JSX.Element {
  const evaluated = checkpoints
    .filter(({ final, evaluations }) => final && evaluations > 0)
    .slice(0, OFFERED);
  return (
    <Teaching
      icon={IconChartDots3}
      title="Choose checkpoints above"
      actions={
        evaluated.length > 1 && (
          // The oldest first: bases come before what was made of them.
          <Button onClick={() => onChoose(evaluated.map(({ id }) => id).reverse())}>
            Compare the {evaluated.length} evaluated last
          </Button>
        )
      }
    >
      Two or more make a comparison: for example a base, what SFT made of it, and what RMT or RLM did. Those
      already evaluated show at once; for the others the evaluations can be queued from here.
    </Teaching>
  );
}
