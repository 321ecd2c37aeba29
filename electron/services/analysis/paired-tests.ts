/** Checkpoints tested against each other on the same items. */
import type { PairedTest } from '../../contract/analysis.ts';
import type { Output, ResolvedInput } from '../../contract.ts';
import {
  affordableDraws,
  bootstrapMeans,
  bootstrapP,
  type ClusteredMean,
  type ClusterTable,
  clusteredMean,
  clusterTable,
  differences,
  differenceTable,
  percentileInterval,
} from '../../statistics/bootstrap.ts';
import { holm } from '../../statistics/holm.ts';
import { mcnemarExact } from '../../statistics/mcnemar.ts';
import { isBinary, minimumDetectable, pairCounts } from '../../statistics/paired.ts';
import { type Aligned, align, type Outcome, placesOf } from './answers.ts';
import { type AnalysisSource, type Chosen, chooseEvaluations } from './chosen.ts';

export const SIGNIFICANCE = 0.05;
/** With fewer documents a bootstrap over them takes the spread for smaller than it is. */
const FEW_DOCUMENTS = 20;
const MUCH_TRUNCATED = 0.1;

const meanOf = (values: Float64Array): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Columns with their draws from one bootstrap, so that they stay paired. */
export interface Drawn {
  readonly aligned: Aligned;
  readonly table: ClusterTable;
  /** For each column its means, draw by draw. */
  readonly means: readonly Float64Array[];
}

export function drawColumns(aligned: Aligned): Drawn {
  const table = clusterTable(aligned.columns, aligned.documentKeys);
  return { aligned, table, means: bootstrapMeans(table, affordableDraws(table)) };
}

export interface DecidedPair {
  readonly test: PairedTest['test'];
  readonly p: number;
  readonly pClustered: number;
  readonly pMcnemar: number | null;
  readonly counts: PairedTest['counts'];
  /** b − a over items. */
  readonly difference: ClusteredMean;
}

/**
 * McNemar's exact test where each item is right or wrong and stands in a document of its own; else the bootstrap over
 * documents, because items of one document resemble each other and McNemar's takes them as independent.
 */
export function decidePair({ aligned, table, means }: Drawn, a: number, b: number): DecidedPair {
  const [left, right] = [aligned.columns[a]!, aligned.columns[b]!];
  const difference = clusteredMean(differenceTable(table, a, b), 0);
  const pClustered = bootstrapP(differences(means[b]!, means[a]!), difference);
  if (!aligned.single || !isBinary(left) || !isBinary(right)) {
    return {
      test: 'paired-cluster-bootstrap',
      p: pClustered,
      pClustered,
      pMcnemar: null,
      counts: null,
      difference,
    };
  }
  const counts = pairCounts(left, right);
  const pMcnemar = mcnemarExact(counts.onlyA, counts.onlyB);
  const alone = table.sizes.length === table.items;
  return {
    test: alone ? 'mcnemar-exact' : 'paired-cluster-bootstrap',
    p: alone ? pMcnemar : pClustered,
    pClustered,
    pMcnemar,
    counts,
    difference,
  };
}

export function compareTests(
  source: AnalysisSource,
  input: ResolvedInput<'compare.tests'>,
): Output<'compare.tests'> {
  const { chosen, refused } = chooseEvaluations(source, input.checkpointIds, input.protocolHash);
  const outcome = input.outcome as Outcome;
  const nameOf = (id: string): string => source.checkpoint(id)?.name ?? id;
  const aligned = align(
    chosen.map(({ answers }) => ({ answers, outcome })),
    input.tier,
  );
  if (aligned.itemKeys.length === 0 || chosen.length < 2) return { tests: [], family: 0, refused };
  const pairs = chosen.flatMap((_, b) =>
    Array.from({ length: input.pairs === 'all' ? b : Math.min(1, b) }, (_, a) => ({ a, b })),
  );
  const drawn = drawColumns(aligned);
  const decided = pairs.map(({ a, b }) => decidePair(drawn, a, b));
  const corrected = holm(decided.map(({ p }) => p));
  const documents = drawn.table.sizes.length;
  const tests = pairs.map(({ a, b }, i): PairedTest => {
    const { difference, ...one } = decided[i]!;
    const pHolm = corrected[i]!;
    return {
      a: chosen[a]!.checkpointId,
      b: chosen[b]!.checkpointId,
      items: aligned.itemKeys.length,
      documents,
      meanA: meanOf(aligned.columns[a]!),
      meanB: meanOf(aligned.columns[b]!),
      ...one,
      difference: percentileInterval(
        difference.mean,
        differences(drawn.means[b]!, drawn.means[a]!),
        aligned.itemKeys.length,
      ),
      pHolm,
      significant: pHolm < SIGNIFICANCE,
      minimumDetectable: minimumDetectable(difference, pairs.length),
      notes: notesOn(aligned, documents, decided[i]!, outcome, [chosen[a]!, chosen[b]!], input.tier, nameOf),
    };
  });
  return { tests, family: tests.length, refused };
}

function notesOn(
  aligned: Aligned,
  documents: number,
  decided: DecidedPair,
  outcome: Outcome,
  pair: readonly Chosen[],
  tier: ResolvedInput<'compare.tests'>['tier'],
  nameOf: (checkpointId: string) => string,
): string[] {
  const notes: string[] = [];
  if (documents < FEW_DOCUMENTS) {
    notes.push(
      `Only ${documents} documents: intervals and p-values over documents are too sure of themselves.`,
    );
  }
  if (decided.pMcnemar !== null && decided.test !== 'mcnemar-exact') {
    notes.push(
      'Items share documents, so the bootstrap over documents decides; McNemar’s exact test takes items as independent.',
    );
  }
  if (!aligned.single) notes.push('Each item counts with the mean over its samples.');
  if (aligned.leftOut > 0) {
    notes.push(`${aligned.leftOut} items that not all of them answered are left out.`);
  }
  for (const { checkpointId, answers } of outcome === 'correct' ? pair : []) {
    const places = placesOf(answers, tier);
    const cut = places.reduce((sum, i) => sum + answers.truncated[i]!, 0) / Math.max(1, places.length);
    if (cut > MUCH_TRUNCATED) {
      notes.push(
        `${nameOf(checkpointId)}: ${(100 * cut).toFixed(0)}% of its answers were cut at the cap and count as wrong.`,
      );
    }
  }
  return notes;
}
