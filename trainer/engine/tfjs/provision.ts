/**
 * Provisions native TensorFlow for @tensorflow/tfjs-node-gpu, outside node_modules so that a re-install does not
 * repeat it. The package's own install script fetches TensorFlow 2.9 (CUDA 11); instead its addon, whose source
 * it ships, is compiled against a current TensorFlow. In order:
 *
 * 1. MIDTRAIN_TENSORFLOW: a folder with TensorFlow's libraries and headers (an unpacked libtensorflow archive, or
 *    the `tensorflow` folder of an installed Python wheel);
 * 2. what an earlier call left in the cache folder;
 * 3. the official libtensorflow archive;
 * 4. the Python wheel, with the wheels of NVIDIA's libraries it names where CUDA is wanted.
 *
 * Everything is built in a temporary folder and renamed into place, so a half-done one is never used.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { EngineUnavailable } from '../engine.ts';
import {
  compileAddon,
  findToolchain,
  firstThatRuns,
  type TensorflowFiles,
  tfjsNodeFolder,
  tryAddon,
} from './addon.ts';

export type TensorflowFlavour = 'cpu' | 'cuda';

export interface Provisioned {
  /** The compiled tfjs-node addon. */
  readonly addonPath: string;
  /** For people: where TensorFlow came from. */
  readonly origin: string;
}

export interface ProvisionOptions {
  readonly flavour: TensorflowFlavour;
  readonly cacheFolder: string;
  readonly onNotice: (line: string) => void;
  /** For the whole of it; default 20 minutes. */
  readonly timeLimitMs?: number;
}

export const GIVEN_FOLDER_VARIABLE = 'MIDTRAIN_TENSORFLOW';
const ARCHIVE_VERSION = '2.18.0';
const WHEEL_VERSION = '2.21.0';
const ADDON = 'tfjs_binding.node';
const ORIGIN_FILE = 'origin.txt';
const WAY_OUT =
  `Set ${GIVEN_FOLDER_VARIABLE} to a folder holding libtensorflow (https://www.tensorflow.org/install/lang_c), ` +
  'with a C++ compiler installed; or use another engine.';

const run = promisify(execFile);

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

function cachedFolder(options: { flavour: TensorflowFlavour; cacheFolder: string }): string {
  const given = process.env[GIVEN_FOLDER_VARIABLE];
  const hash = given && createHash('sha256').update(resolve(given)).digest('hex').slice(0, 12);
  const suffix = hash ? `${options.flavour}-given-${hash}` : options.flavour;
  return join(options.cacheFolder, `tensorflow-${suffix}-${process.platform}-${process.arch}`);
}

/** What an earlier call provisioned, or null. Never downloads or compiles. */
export async function findProvisioned(options: {
  flavour: TensorflowFlavour;
  cacheFolder: string;
}): Promise<Provisioned | null> {
  const folder = cachedFolder(options);
  const addonPath = join(folder, ADDON);
  if (!(await exists(addonPath))) return null;
  return { addonPath, origin: (await readFile(join(folder, ORIGIN_FILE), 'utf8')).trim() };
}

/**
 * What provisioning would do, as a sentence, doing none of it.
 * @throws EngineUnavailable if it could not even begin
 */
export async function planProvisioning(options: {
  flavour: TensorflowFlavour;
  cacheFolder: string;
}): Promise<string> {
  tfjsNodeFolder();
  const found = await findProvisioned(options);
  if (found) return `TensorFlow is provisioned (${found.origin})`;
  refuseWindows();
  await findToolchain();
  const given = process.env[GIVEN_FOLDER_VARIABLE];
  if (given) {
    await locateTensorflow(resolve(given), resolve(given)).catch((error: Error) => {
      throw new EngineUnavailable(`${GIVEN_FOLDER_VARIABLE}: ${error.message}`, WAY_OUT);
    });
    return `Taking it first compiles an addon against ${given} (10 s)`;
  }
  const size = options.flavour === 'cuda' ? 'about 3 GB' : 'about 270 MB';
  return `Taking it first downloads TensorFlow (${size}) and compiles an addon`;
}

function refuseWindows(): void {
  if (process.platform !== 'win32') return;
  throw new EngineUnavailable(
    'Native TensorFlow cannot be provisioned on Windows',
    'Use the engine `webgpu`, or run inside WSL 2.',
  );
}

/**
 * Finds or makes a native TensorFlow.
 * @throws EngineUnavailable naming every way that was tried and why it failed
 */
export async function provisionTensorflow(options: ProvisionOptions): Promise<Provisioned> {
  tfjsNodeFolder();
  const found = await findProvisioned(options);
  if (found) return found;
  refuseWindows();
  const toolchain = await findToolchain();

  const target = cachedFolder(options);
  const folder = `${target}.partial-${process.pid}`;
  const signal = AbortSignal.timeout(options.timeLimitMs ?? 20 * 60_000);
  const given = process.env[GIVEN_FOLDER_VARIABLE];
  const ways: { readonly name: string; readonly place: (folder: string) => Promise<TensorflowFiles> }[] =
    given
      ? [
          {
            name: `${GIVEN_FOLDER_VARIABLE}=${given}`,
            place: () => locateTensorflow(resolve(given), resolve(given)),
          },
        ]
      : [
          {
            name: `official libtensorflow ${ARCHIVE_VERSION}`,
            place: (at) => fetchArchive(at, options, signal),
          },
          {
            name: `Python wheel ${wheelName(options.flavour)}`,
            place: (at) => fetchWheel(at, options, signal),
          },
        ];
  const failures: string[] = [];
  for (const way of ways) {
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    try {
      const files = await way.place(folder);
      options.onNotice(`Compiling tfjs-node's addon against ${way.name}`);
      await compileAddon(toolchain, files, join(folder, ADDON), signal);
      await tryAddon(join(folder, ADDON), options.flavour, signal);
      await rm(join(folder, 'tensorflow/include'), { recursive: true, force: true });
      await writeFile(join(folder, ORIGIN_FILE), `${way.name}\n`);
      await rm(target, { recursive: true, force: true });
      await rename(folder, target);
      return { addonPath: join(target, ADDON), origin: way.name };
    } catch (error) {
      const reason = signal.aborted ? 'the time limit was reached' : lastLine(error);
      failures.push(`${way.name}: ${reason}`);
      options.onNotice(`Native TensorFlow from ${way.name} failed: ${reason}`);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
  throw new EngineUnavailable(`Native TensorFlow could not be provisioned (${failures.join('; ')})`, WAY_OUT);
}

function lastLine(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const text = 'stderr' in error && typeof error.stderr === 'string' ? error.stderr : error.message;
  return text.trim().split('\n').at(-1)?.slice(0, 300) ?? error.message;
}

/** Accepts an unpacked libtensorflow (include/, lib/) and a wheel's `tensorflow` folder (include/, *.so.2). */
async function locateTensorflow(folder: string, runPathBase: string): Promise<TensorflowFiles> {
  for (const sub of ['lib', '.']) {
    const names = await readdir(join(folder, sub)).catch(() => []);
    const pick = (stem: RegExp): string | undefined => names.filter((name) => stem.test(name)).sort()[0];
    const core = pick(/^libtensorflow(_cc)?\.(so\.2|2\.dylib)$/);
    const framework = pick(/^libtensorflow_framework\.(so\.2|2\.dylib)$/);
    if (!core || !framework) continue;
    if (!(await exists(join(folder, 'include/tensorflow/c/eager/c_api.h')))) continue;
    return {
      include: join(folder, 'include'),
      libraries: [join(folder, sub, core), join(folder, sub, framework)],
      runPaths: [join(runPathBase, sub)],
      preloaded: [],
    };
  }
  throw new Error(`${folder} holds no libtensorflow with its include folder`);
}

const ownFolder = process.platform === 'darwin' ? '@loader_path' : '$ORIGIN';

async function fetchArchive(
  folder: string,
  options: ProvisionOptions,
  signal: AbortSignal,
): Promise<TensorflowFiles> {
  const system = process.platform === 'darwin' ? 'darwin' : 'linux';
  const machine = process.arch === 'arm64' ? 'arm64' : 'x86_64';
  const kind = options.flavour === 'cuda' ? 'gpu' : 'cpu';
  const url = `https://storage.googleapis.com/tensorflow/versions/${ARCHIVE_VERSION}/libtensorflow-${kind}-${system}-${machine}.tar.gz`;
  options.onNotice(`Downloading ${url}`);
  const response = await fetch(url, { signal }).catch((error: unknown) => {
    throw new Error(`${url} could not be reached`, { cause: error });
  });
  if (!response.ok || !response.body) throw new Error(`${url} answered ${response.status}`);
  const archive = join(folder, 'archive.tar.gz');
  const file = await open(archive, 'w');
  const reader = response.body.getReader();
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) await file.write(part.value);
  } finally {
    await file.close();
  }
  const at = join(folder, 'tensorflow');
  await mkdir(at);
  await run('tar', ['-xzf', archive, '-C', at], { signal });
  await rm(archive);
  return locateTensorflow(at, join(ownFolder, 'tensorflow'));
}

const wheelName = (flavour: TensorflowFlavour): string =>
  `${flavour === 'cuda' ? 'tensorflow' : 'tensorflow-cpu'}==${WHEEL_VERSION}`;

/** CUDA's libraries unpacked under `nvidia/`, by path in the folder; none for the CPU. */
export async function nvidiaLibraries(folder: string): Promise<string[]> {
  const wanted =
    /^nvidia\/[^/]+\/lib\/lib(cudart|cublas|cublasLt|cufft|curand|cusolver|cusparse|nvJitLink|nvrtc|nccl|cupti|cudnn)\.so\.\d+$/;
  const paths = await readdir(join(folder, 'nvidia'), { recursive: true }).catch(() => []);
  return paths
    .map((path) => join('nvidia', path))
    .filter((path) => wanted.test(path))
    .sort();
}

/** Unpacks what an addon needs from wheels in argv[2:] into argv[1]; prints the NVIDIA wheels TensorFlow names. */
const UNPACK = `
import re, sys, zipfile
into, wheels = sys.argv[1], sys.argv[2:]
for wheel in wheels:
    with zipfile.ZipFile(wheel) as z:
        for name in z.namelist():
            wanted = (name.startswith('tensorflow/include/') or re.fullmatch(r'tensorflow/lib\\w+\\.so\\.2', name)
                      or re.fullmatch(r'nvidia/.*(\\.so[.0-9]*|bin/ptxas|libdevice.*\\.bc)', name))
            if wanted and not name.endswith('/'):
                z.extract(name, into)
            if name.endswith('.dist-info/METADATA'):
                for line in z.read(name).decode().splitlines():
                    match = re.match(r'Requires-Dist: (nvidia-[^;]+);.*and-cuda', line)
                    if match: print(match.group(1).replace(' ', '').replace('(', '').replace(')', ''))
`;

async function fetchWheel(
  folder: string,
  options: ProvisionOptions,
  signal: AbortSignal,
): Promise<TensorflowFiles> {
  const python = await firstThatRuns(['python3', 'python'], ['-m', 'pip', '--version']);
  if (!python) throw new Error('no Python with pip was found');
  const downloads = join(folder, 'wheels');
  const download = async (requirements: readonly string[]): Promise<void> => {
    const pip = ['-m', 'pip', 'download', '--quiet', '--no-deps', '--only-binary=:all:', '--dest', downloads];
    options.onNotice(`Downloading ${requirements.join(', ')}`);
    const attempts = [[], ['--python-version', '3.12'], ['--python-version', '3.11']];
    for (const [index, version] of attempts.entries()) {
      try {
        await run(python, [...pip, ...version, ...requirements], { signal });
        return;
      } catch (error) {
        // The local Python may be too new or old for a wheel whose libraries do not depend on it.
        if (signal.aborted || index === attempts.length - 1) throw error;
      }
    }
  };
  const unpack = async (): Promise<string[]> => {
    const wheels = (await readdir(downloads)).map((name) => join(downloads, name));
    options.onNotice(`Unpacking ${wheels.length} ${wheels.length === 1 ? 'wheel' : 'wheels'}`);
    const { stdout } = await run(python, ['-c', UNPACK, folder, ...wheels], { signal });
    await rm(downloads, { recursive: true });
    return stdout.split('\n').filter((line) => line !== '');
  };
  await download([wheelName(options.flavour)]);
  const nvidia = await unpack();
  if (options.flavour === 'cuda') {
    if (nvidia.length === 0) throw new Error('the wheel names no NVIDIA libraries');
    await download(nvidia);
    await unpack();
  }
  const files = await locateTensorflow(join(folder, 'tensorflow'), join(ownFolder, 'tensorflow'));
  const libraries = await nvidiaLibraries(folder);
  return {
    ...files,
    preloaded: libraries.map((path) => join(folder, path)),
    runPaths: [...files.runPaths, ...new Set(libraries.map((path) => join(ownFolder, dirname(path))))],
  };
}
