/** Saved views, and where an id leads. */
import { stageDeclarations } from '../../trainer/config/stages.ts';
import type { Output } from '../contract.ts';
import { AppError } from '../errors.ts';
import { newId } from '../ids.ts';
import type { Context, Handlers } from './context.ts';

type ViewCalls = 'views.list' | 'views.save' | 'views.remove' | 'links.resolve';

export function viewHandlers({ queries }: Context): Handlers<ViewCalls> {
  return {
    'views.list': () => queries.views.all(),
    'views.save': ({ viewId, name, path }) => {
      const before = viewId === null ? null : requireView(viewId);
      const view = { id: before?.id ?? newId(), name, path, createdAtMs: before?.createdAtMs ?? Date.now() };
      queries.views.put(view);
      return view;
    },
    'views.remove': ({ viewId }) => {
      requireView(viewId);
      queries.views.remove(viewId);
      return {};
    },
    'links.resolve': ({ id }) => resolveLink(id),
  };

  function requireView(id: string) {
    const view = queries.views.byId(id);
    if (view) return view;
    throw new AppError(
      'NotFound',
      `There is no saved view ${id}.`,
      'It may have been removed: list what there is.',
    );
  }

  function resolveLink(id: string): Output<'links.resolve'> {
    const run = queries.runs.byId(id);
    if (run) return { kind: 'run', id, name: run.name, runId: id };
    const checkpoint = queries.checkpoints.byId(id);
    if (checkpoint) return { kind: 'checkpoint', id, name: checkpoint.name, runId: checkpoint.runId };
    const corpus = queries.corpora.byId(id);
    if (corpus) return { kind: 'corpus', id, name: corpus.name, runId: null };
    const evaluation = queries.evaluations.byId(id);
    if (evaluation) {
      const of = queries.runs.byId(evaluation.runId);
      return {
        kind: 'evaluation',
        id,
        name: of?.name ?? stageDeclarations.evaluate.label,
        runId: evaluation.runId,
      };
    }
    const sweep = queries.sweeps.byId(id);
    if (sweep) return { kind: 'sweep', id, name: sweep.name, runId: null };
    const view = queries.views.byId(id);
    return view ? { kind: 'view', id, name: view.name, runId: null } : null;
  }
}
