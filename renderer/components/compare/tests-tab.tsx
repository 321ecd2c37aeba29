import { Badge, Group, SegmentedControl, Table, Text } from '@mantine/core';
import { IconScale } from '@tabler/icons-react';
import type { PairedTest } from '../../../electron/contract/analysis.ts';
import { otherScores } from '../../../electron/contract/comparisons.ts';
import { useContract } from '../../data/queries.ts';
import { useUrlChoice, useUrlText } from '../../data/url-state.ts';
import {
  type CompareView,
  nameOf,
  placeOf,
  pointsText,
  pText,
  signedText,
  tierQuery,
} from '../../lib/compare-view.ts';
import { formatCount, formatNumber, formatShare } from '../../lib/format.ts';
import { Answered } from '../common/answered.tsx';
import { Panel } from '../common/panel.tsx';
import { Select } from '../common/select.tsx';
import { Teaching } from '../common/teaching.tsx';
import { CheckpointCell } from './checkpoint-cell.tsx';
import classes from './compare.module.css';
import { Refusals } from './refusals.tsx';

const PAIRS = ['first', 'all'] as const;
type Outcome = 'correct' | 'thinkingLength' | 'truncated' | `score:${string}`;

const OUTCOMES: readonly { readonly value: Outcome; readonly label: string }[] = [
  { value: 'correct', label: 'Accuracy' },
  { value: 'thinkingLength', label: 'Thinking length' },
  { value: 'truncated', label: 'Cut at the cap' },
];

/** Checkpoints tested against each other on the same items. */
export function TestsTab({ view }: { readonly view: CompareView }): React.JSX.Element {
  const { checkpoints, group, family, tier } = view;
  const [pairs, setPairs] = useUrlChoice('pairs', PAIRS);
  const [outcomeText, setOutcome] = useUrlText('outcome');
  const outcomes = [
    ...OUTCOMES.filter(({ value }) => family.thinking || value === 'correct'),
    ...otherScores(group.evaluations).map((name) => ({
      value: `score:${name}` as const,
      label: `Score: ${name}`,
    })),
  ];
  const outcome = outcomes.find(({ value }) => value === outcomeText)?.value ?? 'correct';
  const answer = useContract(
    'compare.tests',
    {
      checkpointIds: checkpoints.map(({ id }) => id),
      protocolHash: group.protocolHash,
      tier: tierQuery(tier),
      outcome,
      pairs,
    },
    { keepPrevious: true },
  );
  return (
    <Panel
      title="Paired tests"
      description="The same items under the same protocol, so that only the checkpoints differ. p-values are corrected by Holm over all rows shown: below 0.05, the chance of any false finding among them is below 5%."
      flush
      actions={
        <>
          <Select
            aria-label="What is tested"
            size="xs"
            w={160}
            allowDeselect={false}
            value={outcome}
            onChange={setOutcome}
            data={[...outcomes]}
          />
          <SegmentedControl
            size="xs"
            aria-label="Pairs"
            value={pairs}
            onChange={(value) => setPairs(value as (typeof PAIRS)[number])}
            data={[
              { value: 'first', label: 'Against the first' },
              { value: 'all', label: 'Every pair' },
            ]}
          />
        </>
      }
    >
      <Answered query={answer} what="the tests">
        {({ tests, refused }) => (
          <>
            {tests.length === 0 ? (
              <Teaching icon={IconScale} title="Nothing to test yet">
                A test needs two checkpoints that were evaluated under the same protocol: same prompts,
                decoding and caps. Add another checkpoint above, or queue the missing evaluations.
              </Teaching>
            ) : (
              <>
                <TestTable
                  tests={tests}
                  view={view}
                  shares={outcome === 'correct' || outcome === 'truncated'}
                />
                <Notes tests={tests} />
              </>
            )}
            <Refusals refused={refused} checkpoints={checkpoints} />
          </>
        )}
      </Answered>
    </Panel>
  );
}

interface TableProps {
  readonly tests: readonly PairedTest[];
  readonly view: CompareView;
  /** Differences are in percentage points. */
  readonly shares: boolean;
}

function TestTable({ tests, view: { checkpoints }, shares }: TableProps): React.JSX.Element {
  const difference = shares ? pointsText : signedText;
  const mean = (value: number): string => (shares ? formatShare(value) : formatNumber(value, 3));
  const detectable = (value: number | null): string =>
    value === null ? '–' : shares ? `${(100 * value).toFixed(1)}` : formatNumber(value, 2);
  return (
    <Table.ScrollContainer minWidth={820}>
      <Table
        horizontalSpacing="sm"
        verticalSpacing={7}
        className={classes.table ?? ''}
        aria-label="Paired tests"
      >
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Pair</Table.Th>
            <Table.Th className="number">n</Table.Th>
            <Table.Th className="number">Means</Table.Th>
            <Table.Th className="number">{shares ? 'Difference (points)' : 'Difference'}</Table.Th>
            <Table.Th className="number">Only one right</Table.Th>
            <Table.Th className="number">p</Table.Th>
            <Table.Th className="number">p (Holm)</Table.Th>
            <Table.Th className="number">Detectable</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {tests.map((test) => (
            <Table.Tr key={`${test.a} ${test.b}`}>
              <Table.Th scope="row" fw={400}>
                <CheckpointCell
                  name={nameOf(checkpoints, test.b)}
                  index={placeOf(checkpoints, test.b)}
                  detail={`against ${nameOf(checkpoints, test.a)}`}
                />
              </Table.Th>
              <Table.Td className="number">
                {formatCount(test.items)}
                <span className={classes.range}>{formatCount(test.documents)} docs</span>
              </Table.Td>
              <Table.Td className="number">
                {mean(test.meanA)} → <strong>{mean(test.meanB)}</strong>
              </Table.Td>
              <Table.Td className="number">
                <strong>{difference(test.difference.mean)}</strong>
                <span className={classes.range}>
                  [{difference(test.difference.low)}, {difference(test.difference.high)}]
                </span>
              </Table.Td>
              <Table.Td className="number">
                {test.counts && shares
                  ? `${formatCount(test.counts.onlyA)} : ${formatCount(test.counts.onlyB)}`
                  : '–'}
              </Table.Td>
              <Table.Td className="number">
                {pText(test.p)}
                <span className={classes.range}>{TEST_NAMES[test.test]}</span>
                {test.pMcnemar !== null && test.test !== 'mcnemar-exact' && (
                  <span className={classes.range}>McNemar {pText(test.pMcnemar)}</span>
                )}
              </Table.Td>
              <Table.Td className="number">
                {pText(test.pHolm)}
                <span className={classes.range}>
                  <Badge size="sm" miw="max-content" color={test.significant ? 'teal' : 'gray'}>
                    {test.significant ? 'significant' : 'not significant'}
                  </Badge>
                </span>
              </Table.Td>
              <Table.Td className="number">{detectable(test.minimumDetectable)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

const TEST_NAMES: Readonly<Record<PairedTest['test'], string>> = {
  'mcnemar-exact': 'McNemar, exact',
  'paired-cluster-bootstrap': 'bootstrap over documents',
};

/** What to mind, each once; and what “detectable” means. */
function Notes({ tests }: { readonly tests: readonly PairedTest[] }): React.JSX.Element {
  const notes = [...new Set(tests.flatMap((test) => test.notes))];
  return (
    <Group className={classes.notes ?? ''} gap={4}>
      {[
        ...notes,
        'Detectable: the smallest true difference that these items would have shown with 80% power, as one of so many tests. A difference that is not significant may still be this large.',
      ].map((note) => (
        <Text key={note} size="xs" c="dimmed" w="100%">
          {note}
        </Text>
      ))}
    </Group>
  );
}
