import { Group, Select, Stack, Text } from '@mantine/core';
import type { Corpus, TokenStatistics } from '../../../electron/contract/corpora.ts';
import { useContract } from '../../data/queries.ts';
import { useUrlText } from '../../data/url-state.ts';
import { formatCompact, formatCount } from '../../lib/format.ts';
import { Histogram } from '../charts/histogram.tsx';
import { Answered } from '../common/answered.tsx';
import { Facts } from '../common/facts.tsx';
import { Panel } from '../common/panel.tsx';

/** How long the documents are, in the tokens of a chosen checkpoint. */
export function TokenStatisticsPanel({ corpus }: { readonly corpus: Corpus }): React.JSX.Element {
  const [checkpointId, setCheckpointId] = useUrlText('tokenizer');
  const checkpoints = useContract('checkpoints.list', {});
  const statistics = useContract(
    'corpora.tokens',
    { corpusId: corpus.id, checkpointId },
    { keepPrevious: true, enabled: corpus.state === 'ready' },
  );
  const tokenizers = new Map(checkpoints.data?.map((checkpoint) => [checkpoint.tokenizerSha256, checkpoint]));
  return (
    <Panel
      title="Token statistics"
      actions={
        <Select
          aria-label="Counted with"
          w={300}
          clearable
          placeholder="Without a tokenizer"
          value={checkpointId}
          onChange={setCheckpointId}
          data={[...tokenizers.values()].map(({ id, name, vocabSize }) => ({
            value: id,
            label: `Tokenizer of ${name} (${formatCount(vocabSize)})`,
          }))}
        />
      }
    >
      {corpus.state === 'ready' ? (
        <Answered query={statistics} what="the statistics">
          {(data) => <Statistics statistics={data} />}
        </Answered>
      ) : (
        <Text c="dimmed">Tokens are counted once the import is done.</Text>
      )}
    </Panel>
  );
}

function Statistics({ statistics }: { readonly statistics: TokenStatistics }): React.JSX.Element {
  const { tokens, perDocument, unit, sampled, documents } = statistics;
  const estimated = sampled < documents;
  return (
    <Stack gap="lg">
      <Facts
        facts={[
          {
            label: estimated ? `All ${unit}, estimated` : `All ${unit}`,
            value: formatCompact(tokens.mean),
            ...(estimated
              ? { detail: `95% interval ${formatCompact(tokens.low)} to ${formatCompact(tokens.high)}` }
              : {}),
          },
          { label: 'Mean per document', value: formatCount(Math.round(perDocument.mean)) },
          { label: 'Median', value: formatCount(perDocument.p50) },
          { label: '95th percentile', value: formatCount(perDocument.p95) },
          { label: 'Longest', value: formatCount(perDocument.max) },
          {
            label: 'Documents counted',
            value: formatCount(sampled),
            ...(estimated ? { detail: `of ${formatCount(documents)}` } : {}),
          },
        ]}
      />
      <Group grow>
        <Histogram
          title="Document length"
          bins={statistics.histogram.map(({ from, to, documents: count }) => ({ from, to, count }))}
          xLabel={`${unit} per document`}
          yLabel="documents"
        />
      </Group>
    </Stack>
  );
}
