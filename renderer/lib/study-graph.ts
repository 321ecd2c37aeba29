/** How a study's graph lies on the page: one card a run, in columns from what is given to what is made last. Pure. */
import type { StudyDetail, StudyNode } from '../../electron/contract/studies.ts';

/** The seeds of one run, or a given checkpoint. */
export interface GraphCard {
  readonly id: string;
  readonly label: string;
  /** null for a given checkpoint. */
  readonly stage: StudyDetail['runs'][number]['stage'] | null;
  /** What it starts from. */
  readonly base: string | null;
  /** The step of its base that it starts from, where that is not the last. */
  readonly baseStep: number | null;
  readonly column: number;
  /** Place in its column. */
  readonly top: number;
  readonly height: number;
  /** Its training, a node a seed. */
  readonly trained: readonly StudyNode[];
  readonly evaluations: readonly {
    readonly id: string;
    readonly label: string;
    readonly nodes: readonly StudyNode[];
  }[];
}

export interface StudyGraph {
  readonly cards: readonly GraphCard[];
  readonly columns: number;
  readonly height: number;
  readonly edges: readonly { readonly from: GraphCard; readonly to: GraphCard }[];
}

/** Heights in pixels, as studies.module.css draws them. */
const HEAD = 34;
const SEEDS = 32;
const ROW = 20;
const PADDING = 14;
export const CARD_GAP = 14;
/** A column that would be taller goes on in the next one. */
const MOST_IN_COLUMN = 7;

export function layOut(detail: StudyDetail): StudyGraph {
  const bases = new Map(detail.runs.map(({ id, base }) => [id, base]));
  const depthOf = (id: string): number => {
    const base = bases.get(id);
    return base === undefined || base === null ? 0 : 1 + depthOf(base);
  };
  const plain = [
    ...detail.checkpoints.map((id) => ({ id, label: id, stage: null, base: null, baseStep: null })),
    ...detail.runs,
  ].map((one) => cardOf(detail, one));
  const byDepth = Map.groupBy(plain, ({ id }) => depthOf(id));
  const cards: GraphCard[] = [];
  let column = 0;
  let height = 0;
  for (const depth of [...byDepth.keys()].sort((a, b) => a - b)) {
    const own = byDepth.get(depth)!;
    const columns = Math.ceil(own.length / MOST_IN_COLUMN);
    const perColumn = Math.ceil(own.length / columns);
    for (let at = 0; at < own.length; at += perColumn) {
      // Room for edges above the first card.
      let top = CARD_GAP;
      for (const card of own.slice(at, at + perColumn)) {
        cards.push({ ...card, column, top });
        top += card.height + CARD_GAP;
      }
      height = Math.max(height, top - CARD_GAP);
      column++;
    }
  }
  const edges = cards.flatMap((to) => {
    const from = cards.find(({ id }) => id === to.base);
    return from ? [{ from, to }] : [];
  });
  return { cards, columns: column, height, edges };
}

function cardOf(
  { nodes, evaluations }: StudyDetail,
  one: Pick<GraphCard, 'id' | 'label' | 'stage' | 'base' | 'baseStep'>,
): Omit<GraphCard, 'column' | 'top'> {
  const { id, label, stage, base, baseStep } = one;
  const own = nodes.filter(({ subject }) => subject === id);
  const trained = own.filter(({ kind }) => kind === 'train');
  const evaluated = evaluations.flatMap((evaluation) => {
    const of = own.filter((node) => node.evaluation === evaluation.id);
    return of.length === 0 ? [] : [{ ...evaluation, nodes: of }];
  });
  const height = HEAD + (trained.length > 0 ? SEEDS : 0) + evaluated.length * ROW + PADDING;
  return { id, label, stage, base, baseStep, height, trained, evaluations: evaluated };
}
