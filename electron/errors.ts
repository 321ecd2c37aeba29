/** Expected failures: each has a name, says what happened and what to do next. Anything else thrown is a bug. */
import type { AppErrorMessage } from './contract/shapes.ts';

export type AppErrorName =
  | 'Ambiguous'
  | 'BaseFailed'
  | 'BaseUnsuitable'
  | 'CheckpointInUse'
  | 'CheckpointInvalid'
  | 'CorpusInUse'
  | 'CorpusNotReady'
  | 'DatabaseChanged'
  | 'DatabaseDamaged'
  | 'DatabaseNewer'
  | 'EmptyCorpus'
  | 'ExportUnsuitable'
  | 'ImportFailed'
  | 'InternalError'
  | 'Incomparable'
  | 'InvalidInput'
  | 'InvalidQuery'
  | 'InvalidSettings'
  | 'MissingBase'
  | 'MissingCheckpoint'
  | 'MissingCorpus'
  | 'NotBuilt'
  | 'NothingHeldOut'
  | 'NotFound'
  | 'PathNotAllowed'
  | 'PortTaken'
  | 'Problems'
  | 'QueueFull'
  | 'RecordUnmatched'
  | 'RunActive'
  | 'RunEnded'
  | 'SampleMissing'
  | 'ServerUnreachable'
  | 'StudyActive'
  | 'StudyEnded'
  | 'StudyInvalid'
  | 'UnknownCall'
  | 'UnknownField'
  | 'VocabularyMismatch'
  | 'WorkspaceBusy'
  | 'WorkspaceUnwritable'
  | 'WrongCorpusKind'
  | 'WrongState';

export class AppError extends Error {
  override readonly name: string;
  /** What the user can do about it. */
  readonly wayOut: string;
  /** Settings the error is about. */
  readonly settings: readonly string[] | undefined;

  constructor(
    name: AppErrorName,
    message: string,
    wayOut: string,
    options: { readonly settings?: readonly string[]; readonly cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.name = name;
    this.wayOut = wayOut;
    this.settings = options.settings;
  }
}

/** An error as hosts send it: named ones as they are, bugs as `InternalError` with their message. */
export function errorMessage(error: unknown): AppErrorMessage {
  if (error instanceof AppError) {
    const { name, message, wayOut, settings } = error;
    return settings ? { name, message, wayOut, settings: [...settings] } : { name, message, wayOut };
  }
  return {
    name: 'InternalError',
    message: error instanceof Error ? error.message : String(error),
    wayOut: 'This is a fault in Midtrain. `midtrain doctor` and the terminal’s output help to report it.',
  };
}

/** The message of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The code of a system or SQLite error (`EACCES`, `SQLITE_BUSY` …), or ''. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/** Says a fault where no caller waits for it. The program goes on. */
export function reportFault(error: unknown): void {
  console.error(error);
}
