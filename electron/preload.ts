/** Runs sandboxed before the page: exposes the contract's bridge and nothing else. */
import { contextBridge, type IpcRendererEvent, ipcRenderer, webUtils } from 'electron';
import type { Bridge } from './contract/bridge.ts';
import { CHANNELS } from './ipc-channels.ts';

const bridge = {
  async call(name, input) {
    const { json, ...answer } = await ipcRenderer.invoke(CHANNELS.call, name, input);
    // Main sends values as text, so that it never spends time on big ones.
    return json === undefined ? answer : { ...answer, value: JSON.parse(json) };
  },
  onEvent(listener) {
    const hand = (_: IpcRendererEvent, message: unknown): void => listener(message);
    ipcRenderer.on(CHANNELS.event, hand);
    return () => ipcRenderer.off(CHANNELS.event, hand);
  },
  pathOf(file) {
    // A file that a script made has no path; only the user's own drops and picks have one.
    const path = webUtils.getPathForFile(file);
    if (path !== '') ipcRenderer.send(CHANNELS.picked, path);
    return path;
  },
} satisfies Bridge;

contextBridge.exposeInMainWorld('midtrain', bridge);
