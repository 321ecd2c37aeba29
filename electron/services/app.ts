import { z } from 'zod';
import { engineReport } from '../../trainer/protocol.ts';
import type { AppInfo } from '../contract/app.ts';
import { version } from '../version.ts';
import type { Caller, Context, Handlers } from './context.ts';
import { diagnose } from './diagnosis.ts';
import type { EngineRequest } from './job.ts';

/** The engine that jobs ask for. */
export function engineRequest({ queries }: Context): EngineRequest {
  return {
    request: queries.settings.get('engineRequest', z.string(), 'auto'),
    threads: queries.settings.get('threads', z.number(), 0),
  };
}

export function appHandlers(context: Context): Handlers<'app.info' | 'app.diagnose' | 'app.setEngine'> {
  const { queries, folder } = context;
  const info = (caller: Caller): AppInfo => {
    const { request, threads } = engineRequest(context);
    return {
      version,
      workspace: folder,
      host: caller.host,
      engine: queries.settings.get('engineReport', engineReport.nullable(), null),
      engineRequest: request,
      threads,
    };
  };
  return {
    'app.info': (_, caller) => info(caller),
    'app.diagnose': () => diagnose(context),
    'app.setEngine': ({ engineRequest: request, threads }, caller) => {
      queries.settings.set('engineRequest', request);
      queries.settings.set('threads', threads);
      return info(caller);
    },
  };
}
