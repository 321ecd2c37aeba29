/** The desktop host: opens the workspace, shows the window, and closes both in order. */
import { parseArgs } from 'node:util';
import { app, type BrowserWindow, dialog } from 'electron';
import { AppError, errorMessage, reportFault } from './errors.ts';
import { connectPage } from './ipc.ts';
import { declarePageScheme, servePage } from './page-protocol.ts';
import { defaultWorkspace, programPaths } from './paths.ts';
import { type Server, serve } from './serve.ts';
import { createWindow } from './window.ts';
import { openWorkspace, type Workspace } from './workspace.ts';

/** Any free port: only terminals that read its address use it. */
const ANY_PORT = 0;

const { values } = parseArgs({
  args: process.argv.slice(1),
  options: { workspace: { type: 'string', default: defaultWorkspace } },
  strict: false,
});
let window: BrowserWindow | null = null;
let opened: { readonly workspace: Workspace; readonly server: Server } | null = null;

declarePageScheme();
app.whenReady().then(start).catch(fail);

async function start(): Promise<void> {
  const workspace = await openWorkspace(String(values.workspace));
  // Terminal commands on this workspace talk to this process.
  const server = await serve(workspace, { port: ANY_PORT, page: null });
  opened = { workspace, server };
  servePage(programPaths.page, workspace.folder);
  connectPage(workspace, () => window);
  showWindow();
  app.on('activate', showWindow);
}

function showWindow(): void {
  if (window) return;
  const shown = createWindow(programPaths.preload);
  window = shown;
  shown.on('close', (event) => {
    if (closing) return;
    event.preventDefault();
    askToClose(shown).catch(reportFault);
  });
  shown.on('closed', () => {
    window = null;
  });
}

/** A run under way is stopped at its next step with a checkpoint; the user hears so first. */
async function askToClose(shown: BrowserWindow): Promise<void> {
  const runs = opened ? await opened.workspace.call('runs.list', {}) : [];
  const active = runs.find((run) => ['running', 'pausing', 'paused', 'stopping'].includes(run.state));
  if (active) {
    const { response } = await dialog.showMessageBox(shown, {
      type: 'question',
      message: `“${active.name}” is ${active.state}.`,
      detail: 'Closing stops it at its next step with a checkpoint. It can be resumed later.',
      buttons: ['Keep open', 'Stop and close'],
      defaultId: 0,
      cancelId: 0,
    });
    if (response === 0) return;
  }
  app.quit();
}

let closing = false;

app.on('window-all-closed', () => app.quit());
app.on('before-quit', (event) => {
  if (closing) return;
  closing = true;
  if (!opened) return;
  event.preventDefault();
  close(opened)
    .catch(reportFault)
    .finally(() => app.exit(0));
});

async function close({ workspace, server }: NonNullable<typeof opened>): Promise<void> {
  window?.hide();
  await server.close();
  await workspace.close();
}

function fail(error: unknown): void {
  const { name, message, wayOut } = errorMessage(error);
  if (!(error instanceof AppError)) reportFault(error);
  dialog.showErrorBox(`Midtrain cannot start: ${name}`, `${message}\n\n${wayOut}`);
  app.exit(1);
}
