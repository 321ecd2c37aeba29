import { z } from 'zod';
import { engineReport } from '../../trainer/engine-report.ts';
import { engineRequest as requestName } from '../../trainer/protocol.ts';
import type { AppInfo } from '../contract/app.ts';
import { version } from '../version.ts';
import type { Caller, Context, Handlers } from './context.ts';
import { diagnose } from './diagnosis.ts';
import type { EngineRequest } from './job.ts';

/** The engine that jobs ask for. */
export function engineRequest({ queries }: Context): EngineRequest {
  return {
    request: queries.settings.get('engineRequest', requestName, 'auto'),
    threads: queries.settings.get('threads', z.number(), 0),
  };
}

const DEFAULT_QUEUE_LIMIT = 100;

/** Runs that may wait at a time. */
export function queueLimit({ queries }: Context): number {
  return queries.settings.get('queueLimit', z.number(), DEFAULT_QUEUE_LIMIT);
}

type AppCalls = 'app.info' | 'app.diagnose' | 'app.setEngine' | 'app.setQueueLimit';

export function appHandlers(context: Context): Handlers<AppCalls> {
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
      queueLimit: queueLimit(context),
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
    'app.setQueueLimit': ({ queueLimit: limit }, caller) => {
      queries.settings.set('queueLimit', limit);
      return info(caller);
    },
  };
}
