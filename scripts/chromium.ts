/** The Chromium that tests and screenshots drive: installed on the system, never downloaded. */
import { existsSync } from 'node:fs';
import { type Browser, type BrowserContext, chromium } from 'playwright-core';

const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

/** Where Chromium is, or null; MIDTRAIN_CHROMIUM names another one. */
export function findChromium(): string | null {
  const { MIDTRAIN_CHROMIUM } = process.env;
  if (MIDTRAIN_CHROMIUM) return existsSync(MIDTRAIN_CHROMIUM) ? MIDTRAIN_CHROMIUM : null;
  return PLACES.find((path) => existsSync(path)) ?? null;
}

export function launchChromium(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, args: QUIET });
}

/** One that keeps what it fetched and compiled in `profileFolder`, as a user's own does. */
export function launchWithProfile(
  executablePath: string,
  profileFolder: string,
  viewport: { readonly width: number; readonly height: number },
): Promise<BrowserContext> {
  return chromium.launchPersistentContext(profileFolder, { executablePath, args: QUIET, viewport });
}
