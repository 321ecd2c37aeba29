import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { reading as readingShape } from '../../electron/contract/monitor.ts';
import type { EventMessage } from '../../electron/contract.ts';
import { cpuMsOf, machineCpu, processCpu } from '../../electron/monitor/cpu.ts';
import { lookAtGpus, parseGpus } from '../../electron/monitor/gpu.ts';
import { createMonitor, systemMetrics } from '../../electron/services/monitor.ts';
import {
  onCleanUp,
  runIn,
  scriptedRun,
  smallCorpus,
  temporaryFolder,
  testWorkspace,
  until,
} from './support.ts';

// As `nvidia-smi --query-gpu=… --format=csv,noheader,nounits` prints them; the second card tells less.
const TWO_CARDS = `0, NVIDIA H100 80GB HBM3, 37, 12345, 81559, 213.48, 41
1, NVIDIA GeForce GT 710, [N/A], 120, 2048, [Not Supported], 35
`;

describe('GPUs', () => {
  it('are read with what they do not tell left out', () => {
    expect(parseGpus(TWO_CARDS)).toEqual([
      {
        index: 0,
        name: 'NVIDIA H100 80GB HBM3',
        utilization: 37,
        memoryBytes: 12345 * 2 ** 20,
        memoryTotalBytes: 81559 * 2 ** 20,
        powerW: 213.48,
        temperatureC: 41,
      },
      expect.objectContaining({ index: 1, utilization: null, powerW: null, temperatureC: 35 }),
    ]);
    expect(parseGpus('No devices were found\n')).toEqual([]);
  });

  it('are asked of a program in another process, whose absence is said in words', async () => {
    expect(await lookAtGpus('/nowhere/nvidia-smi')).toEqual({
      gpus: [],
      absence: 'nvidia-smi is not installed, so no NVIDIA GPU can be measured.',
    });
    if (process.platform === 'win32') return;
    const program = (name: string, script: string): string => {
      const path = join(temporaryFolder(), name);
      writeFileSync(path, `#!/bin/sh\n${script}\n`);
      chmodSync(path, 0o755);
      return path;
    };
    const cards = await lookAtGpus(program('cards', `printf '%s' '${TWO_CARDS}'`));
    expect([cards.gpus.length, cards.absence]).toEqual([2, null]);
    const broken = await lookAtGpus(program('broken', 'echo "driver mismatch" >&2; exit 9'));
    expect(broken.absence).toMatch(/^nvidia-smi failed: /);
    expect((await lookAtGpus(program('none', ''))).absence).toBe('nvidia-smi lists no GPU.');
  });

  it('become metrics of the run: the busiest, and the memory of all', () => {
    const process = { pid: 1, cpuPercent: 180, memoryBytes: 1 };
    const machine = { cpuPercent: 1, cores: 2, memoryBytes: 1, memoryTotalBytes: 2 };
    const base = { atMs: 0, machine, process, runId: 'r' };
    expect(systemMetrics({ ...base, gpus: parseGpus(TWO_CARDS) })).toEqual({
      'system/cpu_percent': 180,
      'system/gpu_percent': 37,
      'system/gpu_memory': (12345 + 120) * 2 ** 20,
    });
    expect(systemMetrics({ ...base, process: null, gpus: [] })).toEqual({});
  });
});

describe('processor time', () => {
  it('is read behind whatever a process calls itself', () => {
    // man 5 proc: pid (comm) state ppid … utime is field 14, stime field 15, in hundredths of a second.
    const stat = '42 (a) b (c) S 1 42 42 0 -1 4194304 100 0 0 0 250 50 0 0 20 0 11 0 5 6 7';
    expect(cpuMsOf(stat)).toBe(3000);
    expect(cpuMsOf('')).toBeNull();
  });

  it('of this process is what the process itself counts', () => {
    const machine = machineCpu();
    const own = processCpu();
    expect(own(process.pid, 0)).toBeNull();
    const before = process.cpuUsage();
    while (process.cpuUsage(before).user < 300_000) Math.sqrt(before.user);
    // As if it had taken a second.
    const percent = own(process.pid, 1000);
    const { user, system } = process.cpuUsage(before);
    expect(machine()).toBeGreaterThan(0);
    if (process.platform !== 'linux') return;
    // The system counts in hundredths of a second.
    expect(Math.abs(percent! - (user + system) / 10_000)).toBeLessThan(5);
    expect(own(process.pid + 1, 2000)).toBeNull();
  });
});

describe('the monitor', () => {
  it('tells of the machine, and of the trainer once there is one', async () => {
    const events: EventMessage[] = [];
    let working = false;
    const monitor = createMonitor({
      trainer: () => (working ? { pid: process.pid, rssBytes: 5, runId: 'r' } : null),
      emit: (event) => events.push(event),
      intervalMs: 20,
      gpus: async () => ({ gpus: parseGpus(TWO_CARDS), absence: null }),
    });
    onCleanUp(monitor.close);
    const newest = () => events.flatMap((event) => (event.kind === 'reading' ? event.reading : [])).at(-1);
    const idle = await until(async () => newest());
    expect(readingShape.parse(idle)).toMatchObject({ process: null, runId: null, gpus: [] });
    expect(idle.machine.memoryBytes).toBeLessThan(idle.machine.memoryTotalBytes);
    working = true;
    const busy = await until(async () => newest()?.runId === 'r' && newest());
    expect(busy).toMatchObject({ process: { pid: process.pid, memoryBytes: 5 } });
    expect(busy.gpus).toHaveLength(2);
    // A reading is a run's metrics once, until there is another.
    await until(async () => 'system/gpu_percent' in monitor.metrics());
    monitor.close();
    monitor.metrics();
    expect(monitor.metrics()).toEqual({});
  });

  it('records processor time with a run of a few seconds', async () => {
    const workspace = await testWorkspace();
    const corpus = await smallCorpus(workspace);
    const { id } = await scriptedRun(workspace, corpus, { steps: 55, stepMs: 100 });
    await runIn(workspace, id, 'finished');
    const { readings, intervalMs } = await workspace.call('monitor.get', {});
    expect(readings.some(({ runId }) => runId === id)).toBe(true);
    expect(intervalMs).toBe(2000);
    const [series] = await workspace.call('runs.metrics', { runIds: [id], names: ['system/cpu_percent'] });
    if (process.platform === 'linux') expect(series?.total).toBeGreaterThan(0);
  });
});
