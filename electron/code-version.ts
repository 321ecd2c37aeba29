/** Which code this is: version, commit where it runs from a checkout, and the packages it rests on. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import packageJson from '../package.json' with { type: 'json' };
import { programPaths } from './paths.ts';
import { version } from './version.ts';

export interface CodeVersion {
  readonly midtrain: string;
  /** null where it does not run from a git checkout. */
  readonly commit: string | null;
  /** Whether tracked files differ from that commit; null where that cannot be told. */
  readonly modified: boolean | null;
  /** Exact versions of the packages that computing and storing rest on. */
  readonly packages: Readonly<Record<string, string>>;
}

const TIMEOUT_MS = 5000;
const packages: Readonly<Record<string, string>> = {
  ...packageJson.dependencies,
  ...packageJson.optionalDependencies,
};

/** Never fails: without git, the commit is unknown. */
export async function readCodeVersion(root = programPaths.root): Promise<CodeVersion> {
  const unknown: CodeVersion = { midtrain: version, commit: null, modified: null, packages };
  if (!existsSync(join(root, '.git'))) return unknown;
  const git = async (...args: string[]): Promise<string> => {
    const { stdout } = await promisify(execFile)('git', args, { cwd: root, timeout: TIMEOUT_MS });
    return stdout.trim();
  };
  try {
    const [commit, status] = await Promise.all([
      git('rev-parse', 'HEAD'),
      git('status', '--porcelain', '--untracked-files=no'),
    ]);
    return { ...unknown, commit, modified: status !== '' };
  } catch {
    // No git, or none that may read this folder: the version alone has to do.
    return unknown;
  }
}
