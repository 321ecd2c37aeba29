/**
 * Builds the C tests of the kernels with the address and undefined-behaviour sanitizers and runs them:
 * `npm run test:sanitize`. Needs clang; says so and ends well where there is none.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const TESTS = fileURLToPath(new URL('../test/engine/kernels/library.c', import.meta.url));
const COMPILERS = ['clang-19', 'clang'];

const FLAGS = [
  '-std=gnu11',
  '-g',
  // Compiling with optimization takes longer than it saves.
  '-O0',
  process.arch === 'arm64' ? '-mcpu=native' : '-march=native',
  '-ffp-contract=fast',
  '-fno-math-errno',
  '-Wall',
  '-Wextra',
  '-Werror',
  // The library is one translation unit of static functions; the tests call a part of them.
  '-Wno-unused-function',
  '-pthread',
  '-fsanitize=address,undefined',
  '-fno-sanitize-recover=all',
];

/** The first compiler that has sanitizers here, or null. */
export function findSanitizer(): string | null {
  const works = (command: string): boolean => spawnSync(command, ['--version']).status === 0;
  return COMPILERS.find(works) ?? null;
}

/**
 * Returns what the tests said.
 * @throws if a test fails or a sanitizer finds something, with its report
 */
export function runSanitized(compiler: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'midtrain-sanitize-'));
  try {
    const program = join(folder, 'tests');
    execFileSync(compiler, [...FLAGS, TESTS, '-lm', '-o', program], { stdio: 'pipe' });
    return execFileSync(program, { encoding: 'utf8', stdio: 'pipe' });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

if (import.meta.main) {
  const compiler = findSanitizer();
  process.stdout.write(
    compiler === null ? `skipped: no compiler (tried ${COMPILERS.join(', ')})\n` : runSanitized(compiler),
  );
}
