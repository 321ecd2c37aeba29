import { Button, Group, Stack, Text } from '@mantine/core';
import { IconArrowRight } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import type { Corpus } from '../../../electron/contract/corpora.ts';
import type { Walk } from '../../../electron/contract/walks.ts';
import { showError } from '../../data/announce.tsx';
import { queryKey, useCommand, useContract } from '../../data/queries.ts';
import { compareAddress } from '../../lib/sample-walk.ts';
import { Answered } from '../common/answered.tsx';
import { ButtonLink } from '../common/link.tsx';
import { Panel } from '../common/panel.tsx';
import { WalkRuns } from '../runs/walk-runs.tsx';

/** From this text alone to a comparison, by one click. */
export function CorpusWalk({ corpus }: { readonly corpus: Corpus }): React.JSX.Element {
  const walk = useContract('walks.get', { corpusId: corpus.id });
  return (
    <Panel
      title="From this text to a comparison"
      description="Pre-trains a small base on it, then SFT, RMT and RLM from that base, and asks each the same held-out positions."
    >
      <Answered query={walk} what="the walk">
        {(data) => (data ? <Begun walk={data} /> : <Start corpusId={corpus.id} />)}
      </Answered>
    </Panel>
  );
}

function Start({ corpusId }: { readonly corpusId: string }): React.JSX.Element {
  const client = useQueryClient();
  const start = useCommand('walks.start');
  return (
    <Group gap="md">
      <Button
        loading={start.isPending}
        onClick={() =>
          start.mutate(
            { corpusId },
            {
              onError: showError,
              onSuccess: (next) => client.setQueryData(queryKey('walks.get', { corpusId }), next),
            },
          )
        }
      >
        Train and compare
      </Button>
      <Text size="sm" c="dimmed">
        Eight runs of a model of about one million parameters: some minutes on two cores.
      </Text>
    </Group>
  );
}

function Begun({ walk }: { readonly walk: Walk }): React.JSX.Element {
  const runs = useContract('runs.list', {});
  const compare = compareAddress(walk.checkpointIds);
  return (
    <Answered query={runs} what="its runs">
      {(list) => (
        <Stack gap="sm" align="flex-start">
          <WalkRuns runs={walk.runIds.flatMap((id) => list.find((run) => run.id === id) ?? [])} />
          {compare && (
            <ButtonLink to={compare} rightSection={<IconArrowRight size={16} aria-hidden />}>
              Compare
            </ButtonLink>
          )}
        </Stack>
      )}
    </Answered>
  );
}
