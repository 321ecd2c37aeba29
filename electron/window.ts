/** The desktop window: sandboxed, without Node, showing only the application's own page. */
import { BrowserWindow, type Session, shell } from 'electron';
import { reportFault } from './errors.ts';
import { PAGE_ORIGIN } from './page-protocol.ts';

const WIDTH = 1280;
const HEIGHT = 800;
const MIN_WIDTH = 900;
const MIN_HEIGHT = 600;
/** What the page may ask the system for. */
const PERMISSIONS: readonly string[] = ['clipboard-sanitized-write', 'notifications', 'fullscreen'];

/** @param preload path of the built preload */
export function createWindow(preload: string): BrowserWindow {
  const window = new BrowserWindow({
    width: WIDTH,
    height: HEIGHT,
    minWidth: MIN_WIDTH,
    minHeight: MIN_HEIGHT,
    title: 'Midtrain',
    show: false,
    webPreferences: {
      preload,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webviewTag: false,
      webSecurity: true,
      spellcheck: false,
    },
  });
  const { webContents } = window;
  webContents.setWindowOpenHandler(({ url }) => {
    openOutside(url);
    return { action: 'deny' };
  });
  webContents.on('will-navigate', (event, url) => {
    if (isOwnPage(url)) return;
    event.preventDefault();
    openOutside(url);
  });
  webContents.on('will-redirect', (event, url) => {
    if (!isOwnPage(url)) event.preventDefault();
  });
  webContents.on('will-attach-webview', (event) => event.preventDefault());
  guardPermissions(webContents.session);
  window.once('ready-to-show', () => window.show());
  window.loadURL(`${PAGE_ORIGIN}/`).catch(reportFault);
  return window;
}

export function isOwnPage(url: string): boolean {
  return url === PAGE_ORIGIN || url.startsWith(`${PAGE_ORIGIN}/`);
}

/** Papers and documentation open in the user's browser; nothing else leaves the window. */
function openOutside(url: string): void {
  if (url.startsWith('https://')) shell.openExternal(url).catch(reportFault);
}

function guardPermissions(session: Session): void {
  session.setPermissionRequestHandler((contents, permission, callback) => {
    callback(isOwnPage(contents.getURL()) && PERMISSIONS.includes(permission));
  });
  session.setPermissionCheckHandler((_, permission, origin) => {
    return isOwnPage(origin) && PERMISSIONS.includes(permission);
  });
  session.setDevicePermissionHandler(() => false);
}
