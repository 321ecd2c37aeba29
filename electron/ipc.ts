/** The window's side of the contract: calls in, events out, from the window's own page only. */
import { type BrowserWindow, type IpcMainEvent, type IpcMainInvokeEvent, ipcMain } from 'electron';
import { z } from 'zod';
import { AppError, errorMessage, reportFault } from './errors.ts';
import { CHANNELS } from './ipc-channels.ts';
import type { Caller } from './services/context.ts';
import { isOwnPage } from './window.ts';
import type { Workspace } from './workspace.ts';

/** Connects the page in `window()` with the workspace. */
export function connectPage(workspace: Workspace, window: () => BrowserWindow | null): void {
  /** Paths that the user dropped or picked in the window. */
  const picked = new Set<string>();
  const caller: Caller = { host: 'window', mayRead: (path) => picked.has(path) };

  const isTrusted = ({ senderFrame }: IpcMainEvent | IpcMainInvokeEvent): boolean => {
    const own = window()?.webContents.mainFrame;
    return senderFrame !== null && senderFrame === own && isOwnPage(senderFrame.url);
  };

  ipcMain.handle(CHANNELS.call, async (event, name: unknown, input: unknown) => {
    if (!isTrusted(event)) throw new Error('a call came from outside the page');
    try {
      const json = await workspace.callJson(z.string().parse(name), input, caller);
      return { ok: true, json: typeof json === 'string' ? json : new TextDecoder().decode(json) };
    } catch (error) {
      if (!(error instanceof AppError)) reportFault(error);
      return { ok: false, error: errorMessage(error) };
    }
  });
  ipcMain.on(CHANNELS.picked, (event, path: unknown) => {
    if (isTrusted(event)) picked.add(z.string().parse(path));
  });
  workspace.subscribe((message) => {
    window()?.webContents.send(CHANNELS.event, message);
  });
}
