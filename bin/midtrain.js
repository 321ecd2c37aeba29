#!/usr/bin/env node
// Runs on any Node from 20 on: hands over to the Node 24 that comes with the installation where it is older.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import module from 'node:module';
import { join } from 'node:path';
import envPaths from 'env-paths';

// As electron/paths.ts says, which is compiled by this. Threads and child processes read it from the environment.
process.env.NODE_COMPILE_CACHE ??= join(envPaths('midtrain', { suffix: '' }).cache, 'compiled');

const NEEDED_MAJOR = 24;
const root = join(import.meta.dirname, '..');

/** The Node that runs the program: this one if it is new enough, else the installed one. */
function suitableNode() {
  if (Number(process.versions.node.split('.')[0]) >= NEEDED_MAJOR) return process.execPath;
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  const installed = join(root, 'node_modules', 'node', 'bin', name);
  if (existsSync(installed)) return installed;
  console.error(
    `Midtrain needs Node ${NEEDED_MAJOR}; this is ${process.version}, and none is installed with it.\nRun \`npm ci\` in ${root}.`,
  );
  process.exit(1);
}

const node = suitableNode();
if (node === process.execPath) {
  module.enableCompileCache(process.env.NODE_COMPILE_CACHE);
  await import('../electron/cli.ts');
} else {
  // The child handles signals itself; we wait for it.
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => undefined);
  const child = spawnSync(node, [join(root, 'electron', 'cli.ts'), ...process.argv.slice(2)], {
    stdio: 'inherit',
  });
  process.exit(child.status ?? 1);
}
