import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import open from 'open';
import { AppError, messageOf } from '../../errors.ts';
import { programPaths } from '../../paths.ts';
import { serve } from '../../serve.ts';
import type { Workspace } from '../../workspace.ts';
import { connect } from '../connect.ts';
import { print, printJson, say } from '../output.ts';
import { type SharedOptions, shared, wholeNumber } from '../shared-options.ts';

interface ServeOptions extends SharedOptions {
  readonly port?: number;
  readonly open?: boolean;
}

export function addServeCommand(program: Command): void {
  shared(program.command('serve').description('serve the application to a browser on this machine'))
    .option('--port <number>', 'to listen on; by default a free one', wholeNumber)
    .option('--open', 'open it in a browser')
    .action(serveWorkspace);
}

async function serveWorkspace(options: ServeOptions): Promise<void> {
  const connection = await connect(options.workspace, true);
  if (connection.kind === 'remote') {
    const link = await connection.application.newLink();
    if (link === null) {
      throw new AppError(
        'WorkspaceBusy',
        'The workspace is open in a desktop window, which serves no page.',
        'Use that window, close it first, or choose another folder with --workspace.',
      );
    }
    say('The workspace is being served already.');
    await tell(link, options);
    return;
  }
  requirePage();
  await serveUntilStopped(connection.application, options);
}

/** @throws AppError NotBuilt */
function requirePage(): void {
  if (existsSync(join(programPaths.page, 'index.html'))) return;
  throw new AppError(
    'NotBuilt',
    'The page is not built.',
    'Run `npm run build`, or `npm start`, which builds it.',
  );
}

async function serveUntilStopped(workspace: Workspace, options: ServeOptions): Promise<void> {
  const server = await serve(workspace, { port: options.port ?? null, page: programPaths.page });
  await tell(server.newLink(), options);
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  say('Closing: a run under way is stopped at its next step. Ctrl-C again ends at once.');
  process.once('SIGINT', () => process.exit(130));
  await server.close();
  await workspace.close();
}

async function tell(link: string, options: ServeOptions): Promise<void> {
  if (options.json) printJson({ link });
  else print(`Midtrain is at ${link}`);
  if (!options.open) return;
  try {
    await open(link);
  } catch (error) {
    say(`No browser could be opened: ${messageOf(error)}. Open the address yourself.`);
  }
}
