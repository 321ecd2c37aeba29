import { mkdir, mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EngineUnavailable } from '../../../trainer/engine/engine.ts';
import {
  findProvisioned,
  GIVEN_FOLDER_VARIABLE,
  planProvisioning,
  provisionTensorflow,
} from '../../../trainer/engine/tfjs/provision.ts';

describe.skipIf(process.platform === 'win32')('provisioning native TensorFlow from a given folder', () => {
  let cacheFolder = '';
  let given = '';
  const before = process.env[GIVEN_FOLDER_VARIABLE];
  const notices: string[] = [];

  beforeEach(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'midtrain-provision-'));
    cacheFolder = join(folder, 'cache');
    given = join(folder, 'given');
    await mkdir(given);
    process.env[GIVEN_FOLDER_VARIABLE] = given;
    notices.length = 0;
  });
  afterEach(() => {
    if (before === undefined) delete process.env[GIVEN_FOLDER_VARIABLE];
    else process.env[GIVEN_FOLDER_VARIABLE] = before;
  });

  const provision = (): Promise<unknown> =>
    provisionTensorflow({ flavour: 'cpu', cacheFolder, onNotice: (line) => notices.push(line) }).catch(
      (error: unknown) => error,
    );

  it('nothing is provisioned in an empty cache', async () => {
    expect(await findProvisioned({ flavour: 'cpu', cacheFolder })).toBeNull();
  });

  it('a folder without TensorFlow is refused by name, with a way out, and leaves nothing behind', async () => {
    const plan = planProvisioning({ flavour: 'cpu', cacheFolder });
    await expect(plan).rejects.toBeInstanceOf(EngineUnavailable);
    const refused = await provision();
    expect(refused).toBeInstanceOf(EngineUnavailable);
    expect((refused as EngineUnavailable).message).toContain(given);
    expect((refused as EngineUnavailable).wayOut).toContain(GIVEN_FOLDER_VARIABLE);
    expect(notices.some((line) => line.includes(given))).toBe(true);
    expect(await readdir(cacheFolder)).toEqual([]);
  });

  it('libraries that do not link are refused with the compiler’s reason and leave nothing behind', async () => {
    await mkdir(join(given, 'lib'), { recursive: true });
    await mkdir(join(given, 'include/tensorflow/c/eager'), { recursive: true });
    await writeFile(join(given, 'include/tensorflow/c/eager/c_api.h'), '#error not a real header\n');
    for (const name of ['libtensorflow', 'libtensorflow_framework']) {
      const file = process.platform === 'darwin' ? `${name}.2.dylib` : `${name}.so.2`;
      await writeFile(join(given, 'lib', file), '');
    }
    expect(await planProvisioning({ flavour: 'cpu', cacheFolder })).toContain(given);
    const refused = await provision();
    expect(refused).toBeInstanceOf(EngineUnavailable);
    expect(notices[0]).toContain('Compiling');
    expect(await readdir(cacheFolder)).toEqual([]);
    expect(await findProvisioned({ flavour: 'cpu', cacheFolder })).toBeNull();
  });
});
