/** What a comparison says, as tables: results, paired tests, areas and budgets, length bins. Pure. */
import type { BudgetFamily, LengthBins, PairedTest } from '../contract/analysis.ts';
import { type ComparisonGroup, type EvaluationSummary, otherScores } from '../contract/comparisons.ts';
import type { Interval } from '../contract/shapes.ts';
import type { Output } from '../contract.ts';
import { type Column, type ExportTable, tableOf, type Value } from './table.ts';

type NameOf = (checkpointId: string) => string;

const share = (value: number): string => (100 * value).toFixed(1);
const minus = (text: string): string => text.replace('-', '−');
const number = (value: number, digits: number): string => minus(value.toFixed(digits));
const p = (value: number): string => (value < 0.001 ? '< 0.001' : value.toFixed(3));

/** 51.6 [48.7, 54.4]: percent. */
const shareText = (interval: Interval | null): string =>
  interval ? `${share(interval.mean)} [${share(interval.low)}, ${share(interval.high)}]` : '–';
const meanText = (interval: Interval | null, digits: number): string =>
  interval
    ? `${number(interval.mean, digits)} [${number(interval.low, digits)}, ${number(interval.high, digits)}]`
    : '–';

/** `name`, `name_low`, `name_high`. */
function intervalFields<Row>(name: string, of: (row: Row) => Interval | null): Column<Row>['fields'] {
  return [
    { name, of: (row) => of(row)?.mean ?? null },
    { name: `${name}_low`, of: (row) => of(row)?.low ?? null },
    { name: `${name}_high`, of: (row) => of(row)?.high ?? null },
  ];
}

function textColumn<Row>(label: string, name: string, of: (row: Row) => string): Column<Row> {
  return { label, align: 'left', text: of, fields: [{ name, of }] };
}

function numberColumn<Row>(
  label: string,
  name: string,
  of: (row: Row) => Value,
  text: (row: Row) => string = (row) => String(of(row) ?? '–'),
): Column<Row> {
  return { label, align: 'right', text, fields: [{ name, of }] };
}

interface Result {
  readonly group: ComparisonGroup;
  readonly one: EvaluationSummary;
}

/** A row for each checkpoint under each protocol. */
export function resultsTable(
  { checkpoints, groups }: Output<'compare.checkpoints'>,
  nameOf: NameOf,
): ExportTable {
  const rows = groups.flatMap((group) => group.evaluations.map((one): Result => ({ group, one })));
  const tiers = (['easy', 'medium', 'hard'] as const).filter((tier) =>
    rows.some(({ one }) => one.accuracy[tier] !== null),
  );
  const scores = otherScores(rows.map(({ one }) => one));
  return tableOf<Result>(
    `Results of ${checkpoints.map(({ id }) => nameOf(id)).join(', ')}: percent and tokens with 95% intervals`,
    [
      textColumn('Measurement', 'measurement', ({ group }) => group.title),
      {
        ...textColumn<Result>('Checkpoint', 'checkpoint', ({ one }) => nameOf(one.checkpointId)),
        fields: [
          { name: 'checkpoint', of: ({ one }) => nameOf(one.checkpointId) },
          { name: 'checkpoint_id', of: ({ one }) => one.checkpointId },
          { name: 'evaluation_id', of: ({ one }) => one.id },
          { name: 'protocol_hash', of: ({ group }) => group.protocolHash },
        ],
      },
      {
        ...numberColumn<Result>('n', 'items', ({ one }) => one.items),
        fields: [
          { name: 'items', of: ({ one }) => one.items },
          { name: 'documents', of: ({ one }) => one.documents },
        ],
      },
      {
        label: 'Thinking',
        align: 'right',
        text: ({ one }) => meanText(one.thinkingLength, 1),
        fields: [
          ...intervalFields<Result>('thinking_length', ({ one }) => one.thinkingLength),
          { name: 'thinking_length_median', of: ({ one }) => one.thinkingLength?.median ?? null },
        ],
      },
      numberColumn(
        'Truncated',
        'truncated_share',
        ({ one }) => one.truncatedShare,
        ({ one }) => share(one.truncatedShare),
      ),
      ...([...tiers, 'all'] as const).map(
        (tier): Column<Result> => ({
          label: tier === 'all' ? 'Accuracy' : `Accuracy, ${tier}`,
          align: 'right',
          text: ({ one }) => shareText(one.accuracy[tier]),
          fields: intervalFields(
            tier === 'all' ? 'accuracy' : `accuracy_${tier}`,
            ({ one }) => one.accuracy[tier],
          ),
        }),
      ),
      ...scores.map(
        (name): Column<Result> => ({
          label: name,
          align: 'right',
          text: ({ one }) => meanText(one.scores[name] ?? null, 3),
          fields: intervalFields(`score_${name}`, ({ one }) => one.scores[name] ?? null),
        }),
      ),
    ],
    rows,
  );
}

interface Tested {
  readonly title: string;
  readonly test: PairedTest;
}

const TESTS = {
  'mcnemar-exact': 'McNemar, exact',
  'paired-cluster-bootstrap': 'bootstrap over documents',
} as const;

/** Paired tests of accuracy, each measurement a family of its own. */
export function testsTable(
  families: readonly { readonly title: string; readonly tests: readonly PairedTest[] }[],
  nameOf: NameOf,
): ExportTable {
  const points = (value: number): string => `${value > 0 ? '+' : ''}${minus(share(value))}`;
  return tableOf<Tested>(
    'Paired tests of accuracy: differences in percentage points with 95% intervals, p corrected by Holm within each measurement',
    [
      textColumn('Measurement', 'measurement', ({ title }) => title),
      textColumn('Against', 'a', ({ test }) => nameOf(test.a)),
      textColumn('Checkpoint', 'b', ({ test }) => nameOf(test.b)),
      {
        ...numberColumn<Tested>('n', 'items', ({ test }) => test.items),
        fields: [
          { name: 'items', of: ({ test }) => test.items },
          { name: 'documents', of: ({ test }) => test.documents },
          { name: 'mean_a', of: ({ test }) => test.meanA },
          { name: 'mean_b', of: ({ test }) => test.meanB },
        ],
      },
      {
        label: 'Difference',
        align: 'right',
        text: ({ test: { difference: d } }) => `${points(d.mean)} [${points(d.low)}, ${points(d.high)}]`,
        fields: intervalFields('difference', ({ test }) => test.difference),
      },
      {
        label: 'Only one right',
        align: 'right',
        text: ({ test: { counts } }) => (counts ? `${counts.onlyA} : ${counts.onlyB}` : '–'),
        fields: [
          { name: 'only_a_right', of: ({ test }) => test.counts?.onlyA ?? null },
          { name: 'only_b_right', of: ({ test }) => test.counts?.onlyB ?? null },
        ],
      },
      textColumn('Test', 'test', ({ test }) => TESTS[test.test]),
      numberColumn(
        'p',
        'p',
        ({ test }) => test.p,
        ({ test }) => p(test.p),
      ),
      {
        ...numberColumn<Tested>(
          'p (Holm)',
          'p_holm',
          ({ test }) => test.pHolm,
          ({ test }) => p(test.pHolm),
        ),
        fields: [
          { name: 'p_holm', of: ({ test }) => test.pHolm },
          { name: 'significant', of: ({ test }) => test.significant },
          { name: 'p_mcnemar', of: ({ test }) => test.pMcnemar },
          { name: 'p_clustered', of: ({ test }) => test.pClustered },
        ],
      },
      numberColumn(
        'Detectable',
        'minimum_detectable',
        ({ test }) => test.minimumDetectable,
        ({ test }) => (test.minimumDetectable === null ? '–' : share(test.minimumDetectable)),
      ),
    ],
    families.flatMap(({ title, tests }) => tests.map((test): Tested => ({ title, test }))),
  );
}

interface AtBudget {
  readonly family: BudgetFamily;
  readonly curve: BudgetFamily['curves'][number];
  readonly point: BudgetFamily['curves'][number]['points'][number];
}

/** A row for each checkpoint at each forced budget, with the area under its curve. */
export function budgetsTable(families: readonly BudgetFamily[], nameOf: NameOf): ExportTable {
  return tableOf<AtBudget>(
    'Accuracy at forced budgets, and the area under each curve: percent with 95% intervals',
    [
      textColumn('Measurement', 'measurement', ({ family }) => family.title),
      {
        ...textColumn<AtBudget>('Checkpoint', 'checkpoint', ({ curve }) => nameOf(curve.checkpointId)),
        fields: [
          { name: 'checkpoint', of: ({ curve }) => nameOf(curve.checkpointId) },
          { name: 'checkpoint_id', of: ({ curve }) => curve.checkpointId },
          { name: 'evaluation_id', of: ({ point }) => point.evaluationId },
        ],
      },
      numberColumn('Budget', 'budget', ({ point }) => point.budget),
      {
        label: 'Accuracy',
        align: 'right',
        text: ({ point }) => shareText(point.accuracy),
        fields: intervalFields('accuracy', ({ point }) => point.accuracy),
      },
      {
        label: 'Area',
        align: 'right',
        text: ({ curve }) => shareText(curve.auc),
        fields: intervalFields('area', ({ curve }) => curve.auc),
      },
    ],
    families.flatMap((family) =>
      family.curves.flatMap((curve) => curve.points.map((point): AtBudget => ({ family, curve, point }))),
    ),
  );
}

interface InBin {
  readonly title: string;
  readonly checkpointId: string;
  /** Null for what was cut at the cap. */
  readonly bin: LengthBins['bins'][number] | null;
  readonly cell: LengthBins['checkpoints'][number]['truncated'];
}

/** A row for each checkpoint and length bin, and one for what was cut. */
export function lengthsTable(
  measured: readonly { readonly title: string; readonly bins: LengthBins }[],
  nameOf: NameOf,
): ExportTable {
  return tableOf<InBin>(
    'Accuracy by thinking length, with what was cut at the cap apart: percent with 95% intervals',
    [
      textColumn('Measurement', 'measurement', ({ title }) => title),
      {
        ...textColumn<InBin>('Checkpoint', 'checkpoint', ({ checkpointId }) => nameOf(checkpointId)),
        fields: [
          { name: 'checkpoint', of: ({ checkpointId }) => nameOf(checkpointId) },
          { name: 'checkpoint_id', of: ({ checkpointId }) => checkpointId },
        ],
      },
      {
        label: 'Tokens',
        align: 'right',
        text: ({ bin }) => (bin ? `${bin.from}–${bin.to}` : 'cut'),
        fields: [
          { name: 'from_tokens', of: ({ bin }) => bin?.from ?? null },
          { name: 'to_tokens', of: ({ bin }) => bin?.to ?? null },
          { name: 'truncated', of: ({ bin }) => bin === null },
        ],
      },
      numberColumn('n', 'answers', ({ cell }) => cell.n),
      numberColumn(
        'Share',
        'share',
        ({ cell }) => cell.share,
        ({ cell }) => share(cell.share),
      ),
      {
        label: 'Accuracy',
        align: 'right',
        text: ({ cell }) => shareText(cell.accuracy),
        fields: intervalFields('accuracy', ({ cell }) => cell.accuracy),
      },
    ],
    measured.flatMap(({ title, bins: { bins, checkpoints } }) =>
      checkpoints.flatMap(({ checkpointId, cells, truncated }) => [
        ...cells.map((cell, i): InBin => ({ title, checkpointId, bin: bins[i] ?? null, cell })),
        { title, checkpointId, bin: null, cell: truncated },
      ]),
    ),
  );
}
