/**
 * Rebuilds the WebAssembly artefacts of the kernels from their C source, byte for byte: `npm run build:kernels`.
 * Needs Debian's clang-19 and lld-19 (any other version may produce other, equally good bytes).
 */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const SOURCE = fileURLToPath(new URL('../trainer/engine/kernels/c/kernels.c', import.meta.url));
const FOLDER = fileURLToPath(new URL('../trainer/engine/kernels/', import.meta.url));

export const COMPILER = 'clang-19';

const FLAGS = [
  '--target=wasm32',
  '-std=gnu11',
  '-O3',
  '-Wall',
  '-Wextra',
  '-Werror',
  '-nostdlib',
  '-msimd128',
  '-matomics',
  '-mbulk-memory',
  '-ffp-contract=fast',
  '-fno-math-errno',
  '-fno-trapping-math',
  // Keep the source's order: the scheduler would load every operand of a tile first and run out of registers.
  '-mllvm',
  '-pre-RA-sched=source',
  '-fuse-ld=lld',
  '-Wl,--no-entry',
  '-Wl,--import-memory',
  '-Wl,--shared-memory',
  '-Wl,--initial-memory=2097152',
  '-Wl,--max-memory=4294967296',
  '-Wl,-z,stack-size=262144',
  '-Wl,--export=__stack_pointer',
  '-Wl,--strip-all',
];

const ARTEFACTS = [
  { name: 'kernels-relaxed.wasm', flags: ['-mrelaxed-simd'] },
  { name: 'kernels-simd.wasm', flags: [] },
] as const;

/** Builds every artefact into `folder` and returns their names. */
export function buildKernels(folder: string): string[] {
  for (const { name, flags } of ARTEFACTS) {
    execFileSync(COMPILER, [...FLAGS, ...flags, SOURCE, '-o', `${folder}/${name}`], { stdio: 'inherit' });
  }
  return ARTEFACTS.map((artefact) => artefact.name);
}

if (import.meta.main) {
  for (const name of buildKernels(FOLDER)) process.stdout.write(`built trainer/engine/kernels/${name}\n`);
}
