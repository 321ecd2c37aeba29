import { Badge, SegmentedControl, Stack, Table, Text } from '@mantine/core';
import { IconRulerMeasure } from '@tabler/icons-react';
import type { BudgetFamily } from '../../../electron/contract/analysis.ts';
import { useContract } from '../../data/queries.ts';
import { useUrlChoice, useUrlText } from '../../data/url-state.ts';
import { seriesColour } from '../../lib/colours.ts';
import {
  type CompareView,
  keysOf,
  nameOf,
  placeOf,
  pointsText,
  pText,
  tierQuery,
} from '../../lib/compare-view.ts';
import { scoreExtent } from '../../lib/domain.ts';
import { formatCount, formatNumber, formatPlural, formatShare } from '../../lib/format.ts';
import { shareWithInterval, valueWithInterval } from '../../lib/interval-text.ts';
import { scoreText } from '../../lib/protocol-text.ts';
import { roundAxis } from '../../lib/ticks.ts';
import { type ChartPoint, PointChart } from '../charts/point-chart.tsx';
import { Answered } from '../common/answered.tsx';
import { ButtonLink } from '../common/link.tsx';
import { Panel } from '../common/panel.tsx';
import { Select } from '../common/select.tsx';
import { Teaching } from '../common/teaching.tsx';
import { CheckpointCell } from './checkpoint-cell.tsx';
import { CheckpointKeys } from './checkpoint-keys.tsx';
import classes from './compare.module.css';
import { MissingEvaluations } from './missing-evaluations.tsx';

const SCALES = ['linear', 'log2'] as const;
const SCALE_LABELS = { linear: 'Tokens', log2: 'Doublings' } as const;
type Scale = (typeof SCALES)[number];

/** Accuracy when thinking is held to several lengths, and the area under the curve. */
export function BudgetsTab({ view }: { readonly view: CompareView }): React.JSX.Element {
  const { checkpoints, tier } = view;
  const [scale, setScale] = useUrlChoice('scale', SCALES);
  const [key, setKey] = useUrlText('sweep');
  const checkpointIds = checkpoints.map(({ id }) => id);
  const answer = useContract(
    'compare.budgetCurves',
    { checkpointIds, tier: tierQuery(tier), scale },
    { keepPrevious: true },
  );
  return (
    <Answered query={answer} what="the budget curves">
      {(families) => {
        const family = families.find((one) => one.key === key) ?? families[0];
        if (!family) return <NoSweep view={view} />;
        return (
          <Stack gap="md">
            <Panel
              title="Accuracy at forced budgets"
              description="The same checkpoint, prompts and seeds, with thinking held to exactly so many tokens. Bars are 95% intervals over documents."
              actions={
                <>
                  {families.length > 1 && (
                    <Select
                      aria-label="Budget sweep"
                      size="xs"
                      w={190}
                      allowDeselect={false}
                      value={family.key}
                      onChange={setKey}
                      data={families.map((one) => ({ value: one.key, label: one.title }))}
                    />
                  )}
                  <SegmentedControl
                    size="xs"
                    aria-label="Budget axis"
                    value={scale}
                    onChange={(value) => setScale(value as Scale)}
                    data={SCALES.map((value) => ({ value, label: SCALE_LABELS[value] }))}
                  />
                </>
              }
            >
              <CheckpointKeys checkpoints={checkpoints} />
              <BudgetChart family={family} view={view} scale={scale} />
              {family.missing.length > 0 && (
                <div className={classes.notice}>
                  <MissingEvaluations
                    checkpointIds={family.missing.map(({ checkpointId }) => checkpointId)}
                    protocolHashes={[...new Set(family.missing.flatMap((one) => one.protocolHashes))]}
                  />
                </div>
              )}
            </Panel>
            <AreaTable family={family} view={view} scale={scale} />
          </Stack>
        );
      }}
    </Answered>
  );
}

function NoSweep({ view }: { readonly view: CompareView }): React.JSX.Element {
  const [first] = view.checkpoints;
  return (
    <Panel>
      <Teaching
        icon={IconRulerMeasure}
        title="No forced budgets yet"
        actions={
          first && (
            <ButtonLink to={`/runs/new?stage=evaluate&base=checkpoint:${first.id}&forcedBudgets=2,4,8,16,32`}>
              Sweep {first.name}
            </ButtonLink>
          )
        }
      >
        A forced-budget sweep asks one checkpoint the same prompts with thinking held to several lengths: how
        much does each further token buy? Give an evaluation several “Budgets forced”; for the other
        checkpoints the same sweep can then be queued from here.
      </Teaching>
    </Panel>
  );
}

interface FamilyProps {
  readonly family: BudgetFamily;
  readonly view: CompareView;
  readonly scale: Scale;
}

const placeOn = (scale: Scale, budget: number): number =>
  scale === 'linear' ? budget : Math.log2(1 + budget);

function BudgetChart({ family, view, scale }: FamilyProps): React.JSX.Element {
  const { checkpoints } = view;
  const score = scoreText(family.protocol.task);
  const points = family.curves.flatMap(({ checkpointId, points: own }) =>
    own.map(({ budget, accuracy, length }): ChartPoint => {
      const [share, tokens] = [shareWithInterval(accuracy), valueWithInterval(length)];
      return {
        key: `${checkpointId} ${budget}`,
        label: `${nameOf(checkpoints, checkpointId)}, ${formatPlural(budget, 'token')}`,
        index: placeOf(checkpoints, checkpointId),
        x: placeOn(scale, budget),
        y: accuracy.mean,
        yRange: [accuracy.low, accuracy.high],
        rows: [
          { key: 'score', label: score, value: share.mean, detail: share.range },
          { key: 'length', label: 'thinking length', value: `${tokens.mean} tokens` },
          { key: 'n', label: 'answers', value: formatCount(accuracy.n) },
        ],
      };
    }),
  );
  const budgets = family.budgets.map((budget) => placeOn(scale, budget));
  const [low = 0, high = 1] = [budgets[0], budgets.at(-1)];
  const margin = Math.max(0.5, (high - low) * 0.04);
  return (
    <PointChart
      title={family.title}
      summary={points.map(({ label, y }) => `${label}: ${formatShare(y)}`).join('; ')}
      keys={keysOf(checkpoints)}
      xLabel={
        scale === 'linear' ? 'forced thinking length (tokens)' : 'forced thinking length (tokens, doubling)'
      }
      yLabel={score}
      xAxis={{ domain: [low - margin, high + margin], ticks: budgets }}
      yAxis={roundAxis(
        ...scoreExtent(family.curves.flatMap(({ points: own }) => own.map(({ accuracy }) => accuracy))),
      )}
      formatX={(value) => formatNumber(family.budgets[budgets.indexOf(value)] ?? null)}
      formatY={(value) => formatShare(value, 0)}
      points={points}
      curves={family.curves.map(({ checkpointId, points: own }) => ({
        kind: 'line',
        key: checkpointId,
        x: own.map(({ budget }) => placeOn(scale, budget)),
        y: own.map(({ accuracy }) => accuracy.mean),
        colour: seriesColour(placeOf(checkpoints, checkpointId)),
      }))}
    />
  );
}

function AreaTable({ family, view, scale }: FamilyProps): React.JSX.Element {
  const { checkpoints } = view;
  const [first] = family.curves;
  const shared = family.sharedBudgets;
  return (
    <Panel
      title="Area under the curve"
      description={
        shared.length < 2
          ? 'Areas need two budgets that the checkpoints share.'
          : `Mean accuracy from ${shared[0]} to ${shared.at(-1)} tokens${scale === 'log2' ? ', every doubling of the budget counting the same' : ''}, by trapezoids over the ${shared.length} budgets that all share. Differences to ${nameOf(checkpoints, first?.checkpointId ?? '')}, in percentage points, are corrected by Holm.`
      }
      flush
    >
      <Table.ScrollContainer minWidth={560}>
        <Table
          horizontalSpacing="sm"
          verticalSpacing={7}
          className={classes.table ?? ''}
          aria-label="Area under the curve"
        >
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Checkpoint</Table.Th>
              <Table.Th className="number">Budgets</Table.Th>
              <Table.Th className="number">Area</Table.Th>
              <Table.Th className="number">Difference</Table.Th>
              <Table.Th className="number">p (Holm)</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {family.curves.map(({ checkpointId, auc, points }) => {
              const difference = family.differences.find(({ b }) => b === checkpointId);
              return (
                <Table.Tr key={checkpointId}>
                  <Table.Th scope="row" fw={400}>
                    <CheckpointCell
                      name={nameOf(checkpoints, checkpointId)}
                      index={placeOf(checkpoints, checkpointId)}
                    />
                  </Table.Th>
                  <Table.Td className="number">{points.length}</Table.Td>
                  <Table.Td className="number">
                    {auc ? (
                      <>
                        <strong>{shareWithInterval(auc).mean}</strong>
                        <span className={classes.range}>{shareWithInterval(auc).range}</span>
                      </>
                    ) : (
                      '–'
                    )}
                  </Table.Td>
                  <Table.Td className="number">
                    {difference ? (
                      <>
                        {pointsText(difference.difference.mean)}
                        <span className={classes.range}>
                          [{pointsText(difference.difference.low)}, {pointsText(difference.difference.high)}]
                        </span>
                      </>
                    ) : (
                      '–'
                    )}
                  </Table.Td>
                  <Table.Td className="number">
                    {difference ? (
                      <>
                        {pText(difference.pHolm)}{' '}
                        {difference.significant && <Badge color="teal">significant</Badge>}
                      </>
                    ) : (
                      <Text span c="dimmed" size="sm">
                        {checkpointId === first?.checkpointId ? 'held against' : '–'}
                      </Text>
                    )}
                  </Table.Td>
                </Table.Tr>
              );
            })}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Panel>
  );
}
