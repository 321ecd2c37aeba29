/** The walk on a user's own corpus, from its text alone to a comparison. */
import { z } from 'zod';
import { ownTextSettings } from '../../trainer/config/own-text.ts';
import type { Walk } from '../contract/walks.ts';
import type { Context, Handlers } from './context.ts';
import type { RunMaker } from './create-run.ts';
import { findCorpus } from './find.ts';
import { queueWalk } from './walk.ts';

/** By corpus. */
const storedWalks = z.record(z.string(), z.object({ seed: z.number(), runIds: z.array(z.string()) }));

export function walkHandlers(context: Context, maker: RunMaker): Handlers<'walks.get' | 'walks.start'> {
  const { queries } = context;
  /** Walks being queued, by corpus: a second click waits for the first. */
  const starting = new Map<string, Promise<Walk>>();
  const stored = () => queries.settings.get('walks', storedWalks, {});

  /** The walk as far as it is still there; null where nothing is. */
  function view(corpusId: string): (Walk & { seed: number }) | null {
    const walk = stored()[corpusId];
    const runIds = walk?.runIds.filter((id) => queries.runs.byId(id) !== null) ?? [];
    if (!walk || runIds.length === 0) return null;
    const finals = runIds.flatMap((id) => queries.checkpoints.ofRun(id).filter((row) => row.final === 1));
    return { seed: walk.seed, runIds, checkpointIds: finals.map((row) => row.id) };
  }

  async function start(corpusId: string, seed: number): Promise<Walk> {
    findCorpus(context, corpusId);
    const before = view(corpusId);
    if (before?.seed === seed) return before;
    const from = { kind: 'pretrain', recipe: ownTextSettings } as const;
    const runIds = await queueWalk(maker, { corpusId, questionsId: null, seed, start: from });
    queries.settings.set('walks', { ...stored(), [corpusId]: { seed, runIds } });
    return { runIds, checkpointIds: [] };
  }

  return {
    'walks.get': ({ corpusId }) => {
      findCorpus(context, corpusId);
      return view(corpusId);
    },
    'walks.start': async ({ corpusId, seed }) => {
      const asked = starting.get(corpusId) ?? start(corpusId, seed).finally(() => starting.delete(corpusId));
      starting.set(corpusId, asked);
      return asked;
    },
  };
}
