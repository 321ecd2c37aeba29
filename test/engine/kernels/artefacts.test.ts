/** What is built from the C source: the committed WASM, byte for byte, and the sanitized tests. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildKernels, COMPILER } from '../../../scripts/build-kernels.ts';
import { findSanitizer, runSanitized } from '../../../scripts/test-sanitize.ts';

const ENGINE = new URL('../../../trainer/engine/kernels/', import.meta.url);
const TIMEOUT_MS = 180_000;

const present = (command: string): boolean => spawnSync(command, ['--version']).status === 0;
const canBuild = present(COMPILER) && present(COMPILER.replace('clang', 'wasm-ld'));
if (!canBuild) console.info(`skipped: building the WASM artefacts (no ${COMPILER} with lld here)`);
const sanitizer = findSanitizer();
if (sanitizer === null) console.info('skipped: sanitizers over the C tests (no clang here)');

describe('the C library', { timeout: TIMEOUT_MS }, () => {
  it.skipIf(!canBuild)('builds the committed WASM byte for byte', () => {
    const folder = mkdtempSync(join(tmpdir(), 'midtrain-wasm-'));
    try {
      for (const name of buildKernels(folder)) {
        expect(readFileSync(join(folder, name)).equals(readFileSync(new URL(name, ENGINE))), name).toBe(true);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it.skipIf(sanitizer === null)('is clean under the address and undefined-behaviour sanitizers', () => {
    expect(runSanitized(sanitizer!)).toContain('no failure');
  });
});
