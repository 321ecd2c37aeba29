/** What GPUs do, as NVIDIA's own tool tells it. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { GpuReading } from '../contract/monitor.ts';
import { codeOf, messageOf } from '../errors.ts';

const FIELDS = 'index,name,utilization.gpu,memory.used,memory.total,power.draw,temperature.gpu';
const TIMEOUT_MS = 5000;
const MIB = 2 ** 20;

export interface GpuLook {
  readonly gpus: readonly GpuReading[];
  /** Why there is none. */
  readonly absence: string | null;
}

const run = promisify(execFile);

/** @param program nvidia-smi, or where it is */
export async function lookAtGpus(program = 'nvidia-smi'): Promise<GpuLook> {
  try {
    const { stdout } = await run(program, [`--query-gpu=${FIELDS}`, '--format=csv,noheader,nounits'], {
      timeout: TIMEOUT_MS,
    });
    const gpus = parseGpus(stdout);
    return { gpus, absence: gpus.length > 0 ? null : 'nvidia-smi lists no GPU.' };
  } catch (error) {
    const absence =
      codeOf(error) === 'ENOENT'
        ? 'nvidia-smi is not installed, so no NVIDIA GPU can be measured.'
        : `nvidia-smi failed: ${messageOf(error).split('\n')[0]}`;
    return { gpus: [], absence };
  }
}

/** Lines of `index, name, %, MiB, MiB, W, °C`; what a card does not tell reads `[N/A]` or `[Not Supported]`. */
export function parseGpus(text: string): GpuReading[] {
  return text.split('\n').flatMap((line): GpuReading[] => {
    const fields = line.split(',').map((field) => field.trim());
    if (fields.length !== FIELDS.split(',').length) return [];
    const number = (at: number, unit = 1): number | null => {
      const value = Number.parseFloat(fields[at] ?? '');
      return Number.isFinite(value) ? value * unit : null;
    };
    return [
      {
        index: number(0) ?? 0,
        name: fields[1] ?? '',
        utilization: number(2),
        memoryBytes: number(3, MIB),
        memoryTotalBytes: number(4, MIB),
        powerW: number(5),
        temperatureC: number(6),
      },
    ];
  });
}
