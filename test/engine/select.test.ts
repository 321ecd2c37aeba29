import { execFile } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { ENGINE_NAMES, type EngineName, EngineUnavailable } from '../../trainer/engine/engine.ts';
import { probeEngines, selectEngine } from '../../trainer/engine/select.ts';
import { findNvidiaGpu } from '../../trainer/engine/tfjs/nvidia.ts';
import { findProvisioned } from '../../trainer/engine/tfjs/provision.ts';
import { TEST_CACHE } from './engines.ts';

const run = promisify(execFile);
const options = { threads: 2, cacheFolder: TEST_CACHE };

/** Automatic choice on a machine with an NVIDIA GPU downloads gigabytes the first time; a test must not. */
const wouldProvision =
  typeof (await findNvidiaGpu()) !== 'string' &&
  !(await findProvisioned({ flavour: 'cuda', cacheFolder: TEST_CACHE }));

describe('engine choice', { timeout: 60_000 }, () => {
  it.skipIf(wouldProvision)(
    'takes the best that works and says why each better one was not taken',
    async () => {
      const { engine, report } = await selectEngine('auto', options);
      expect(report.name).toBe(engine.name);
      expect(report.description).toBe(engine.description);
      const order: readonly EngineName[] = [
        'tensorflow-cuda',
        'webgpu',
        'kernels-native',
        'kernels-wasm',
        'tensorflow-cpu',
        'tfjs-wasm',
      ];
      expect(report.rejected.map((r) => r.name)).toEqual(order.slice(0, order.indexOf(engine.name)));
      for (const { reason, wayOut } of report.rejected) {
        expect(reason.length).toBeGreaterThan(10);
        expect(wayOut.length).toBeGreaterThan(10);
      }
      engine.dispose();
    },
  );

  it('refuses a name it does not know, listing those it does', async () => {
    const refused = await selectEngine('abacus' as EngineName, options).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(EngineUnavailable);
    expect((refused as EngineUnavailable).wayOut).toContain('kernels-wasm');
  });

  it('tells every engine’s prospects without provisioning anything', async () => {
    const cacheFolder = await mkdtemp(join(tmpdir(), 'midtrain-probe-'));
    const started = performance.now();
    const probes = await probeEngines({ ...options, cacheFolder });
    expect(performance.now() - started).toBeLessThan(20_000);
    expect(probes.map((p) => p.name).sort()).toEqual([...ENGINE_NAMES].sort());
    for (const { name, available, detail, wayOut } of probes) {
      expect(detail.length, name).toBeGreaterThan(3);
      expect(detail, name).not.toContain('unexpectedly');
      expect(wayOut === '', name).toBe(available);
    }
    for (const name of ['kernels-wasm', 'tfjs-wasm']) {
      expect(probes.find((p) => p.name === name)!.available).toBe(true);
    }
  });

  it('an engine that a probe calls impossible cannot be opened', async () => {
    for (const { name, available } of await probeEngines(options)) {
      if (available) continue;
      await expect(selectEngine(name, options)).rejects.toBeInstanceOf(EngineUnavailable);
    }
  });

  it('loads nothing of TensorFlow.js before an engine of its is asked for', async () => {
    const select = new URL('../../trainer/engine/select.ts', import.meta.url).href;
    const script = `
      const { selectEngine } = await import(${JSON.stringify(select)});
      const { engine } = await selectEngine('kernels-wasm', { threads: 1, cacheFolder: '' });
      engine.dispose();
      console.log(JSON.stringify(Object.keys(globalThis).filter((key) => key.startsWith('_tf'))));
    `;
    const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script]);
    expect(JSON.parse(stdout)).toEqual([]);
  });
});
