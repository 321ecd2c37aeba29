/** Saved views. */
import { AppError } from '../errors.ts';
import { newId } from '../ids.ts';
import type { Context, Handlers } from './context.ts';

type ViewCalls = 'views.list' | 'views.save' | 'views.remove';

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
  };

  function requireView(id: string) {
    const view = queries.views.byId(id);
    if (view) return view;
    throw new AppError(
      'NotFound',
      `There is no saved view ${id}.`,
      'It may have been removed; the list shows what is there.',
    );
  }
}
