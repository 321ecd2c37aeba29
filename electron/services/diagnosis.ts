/** What `doctor` finds: whether everything the application rests on is there, and what to do where it is not. */
import { existsSync } from 'node:fs';
import { stat, statfs } from 'node:fs/promises';
import { freemem, totalmem } from 'node:os';
import { join } from 'node:path';
import type { Diagnosis } from '../contract/app.ts';
import { electronBinary } from '../electron-binary.ts';
import { messageOf } from '../errors.ts';
import { programPaths } from '../paths.ts';
import type { Context } from './context.ts';
import { probeEngines } from './engine-probe.ts';

type Check = Diagnosis['checks'][number];

const NODE_MAJOR = 24;
const LOW_DISK_BYTES = 2 * 2 ** 30;
const TOO_LITTLE_DISK_BYTES = 200 * 2 ** 20;
const LOW_MEMORY_BYTES = 2 ** 30;

export async function diagnose(context: Context): Promise<Diagnosis> {
  const checks = [
    nodeCheck(),
    electronCheck(),
    pageCheck(),
    await databaseCheck(context),
    await diskCheck(context.folder),
    memoryCheck(),
  ];
  try {
    const engines = await probeEngines();
    return { checks: [...checks, engineCheck(engines)], engines };
  } catch (error) {
    return { checks: [...checks, failedProbe(error)], engines: [] };
  }
}

function nodeCheck(): Check {
  const { node, electron } = process.versions;
  const isNew = Number(node.split('.')[0]) >= NODE_MAJOR;
  return {
    name: 'Node',
    state: isNew ? 'ok' : 'problem',
    detail: electron ? `${node}, inside Electron ${electron}` : node,
    wayOut: isNew
      ? null
      : `Run it by \`npm start\` or \`npx midtrain\`, which use the installed Node ${NODE_MAJOR}.`,
  };
}

function electronCheck(): Check {
  const there = process.versions.electron !== undefined || electronBinary() !== null;
  return {
    name: 'Desktop window',
    state: there ? 'ok' : 'notice',
    detail: there
      ? 'Electron is installed.'
      : 'Electron’s binary is not installed; the application opens in a browser.',
    wayOut: there ? null : '`npx install-electron` fetches it from GitHub, where that can be reached.',
  };
}

function pageCheck(): Check {
  const there = existsSync(join(programPaths.page, 'index.html'));
  return {
    name: 'Page',
    state: there ? 'ok' : 'notice',
    detail: there ? 'The page is built.' : 'The page is not built yet.',
    wayOut: there ? null : '`npm start` builds it; `npm run build` does so by itself.',
  };
}

async function databaseCheck({ folder, db }: Context): Promise<Check> {
  const { size } = await stat(join(folder, 'midtrain.db'));
  const sqlite = db.prepare<[], { version: string }>('SELECT sqlite_version() AS version').get();
  return {
    name: 'Workspace',
    state: 'ok',
    detail: `${folder}, database of ${mib(size)}, SQLite ${sqlite?.version}`,
    wayOut: null,
  };
}

async function diskCheck(folder: string): Promise<Check> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  return {
    name: 'Disk',
    state: free < TOO_LITTLE_DISK_BYTES ? 'problem' : free < LOW_DISK_BYTES ? 'notice' : 'ok',
    detail: `${mib(free)} free where the workspace lies`,
    wayOut: free < LOW_DISK_BYTES ? 'Free some space, or choose another folder with --workspace.' : null,
  };
}

function memoryCheck(): Check {
  const free = process.availableMemory?.() ?? freemem();
  return {
    name: 'Memory',
    state: free < LOW_MEMORY_BYTES ? 'notice' : 'ok',
    detail: `${mib(free)} of ${mib(totalmem())} available`,
    wayOut: free < LOW_MEMORY_BYTES ? 'Close other programs, or train smaller models.' : null,
  };
}

function engineCheck(engines: Diagnosis['engines']): Check {
  const best = engines.find((engine) => engine.available);
  return {
    name: 'Engine',
    state: best ? 'ok' : 'problem',
    detail: best ? `${best.name}: ${best.detail}` : 'No engine works here.',
    wayOut: best ? null : engines.map(({ name, wayOut }) => `${name}: ${wayOut}`).join(' '),
  };
}

function failedProbe(error: unknown): Check {
  return {
    name: 'Engine',
    state: 'problem',
    detail: `The engines could not be tried: ${messageOf(error)}.`,
    wayOut: 'Install the dependencies again with `npm ci`.',
  };
}

function mib(bytes: number): string {
  return bytes < 2 ** 30 ? `${Math.round(bytes / 2 ** 20)} MiB` : `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}
