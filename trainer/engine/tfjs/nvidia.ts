/** Whether an NVIDIA GPU with a working driver is here, without loading anything of CUDA. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

export interface NvidiaGpu {
  readonly name: string;
  readonly driverVersion: string;
  readonly memoryMiB: number;
}

export const NVIDIA_WAY_OUT = 'Install the NVIDIA driver (525 or newer), or use the engine `webgpu`.';

const run = promisify(execFile);
const QUERY = ['--query-gpu=name,driver_version,memory.total', '--format=csv,noheader,nounits'];

/** The first GPU the driver lists, or a sentence saying why there is none. */
export async function findNvidiaGpu(): Promise<NvidiaGpu | string> {
  try {
    const { stdout } = await run('nvidia-smi', QUERY, { timeout: 10_000 });
    const [name, driverVersion, memory] = (stdout.split('\n')[0] ?? '').split(',').map((part) => part.trim());
    if (!name || !driverVersion) return 'The NVIDIA driver lists no GPU';
    return { name, driverVersion, memoryMiB: Number(memory) };
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      return 'No NVIDIA driver is installed (nvidia-smi was not found)';
    }
    const detail = error instanceof Error ? (error.message.split('\n').at(-1) ?? '') : String(error);
    return `The NVIDIA driver does not answer (nvidia-smi: ${detail.trim()})`;
  }
}
