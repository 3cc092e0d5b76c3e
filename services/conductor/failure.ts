import type { WorkerAddress } from './engines/engine.js';

/**
 * Something that a person has to know: its message is printed as it is, without a stack trace. `worker` is the one
 * whose last log lines explain it.
 */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly worker: WorkerAddress | undefined;
  /** 1: it failed; 2: it was asked for wrongly; 3: somebody else is at work. */
  readonly exitCode: 1 | 2 | 3;

  constructor(message: string, options: { worker?: WorkerAddress; exitCode?: 1 | 2 | 3; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.worker = options.worker;
    this.exitCode = options.exitCode ?? 1;
  }
}

/** What a verb that needs a running stack says where there is none. */
export const NOT_UP = 'the stack is not up: "make dev-up" starts it';

const isSystemError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && 'code' in error && 'syscall' in error;

export const isErrno = (error: unknown, code: string): boolean => isSystemError(error) && error.code === code;

/** What a machine refuses, and what to do about it. */
const REFUSALS: Readonly<Record<string, string>> = {
  ENOSPC: 'no space is left on its disk: free some ("df -h" lists the disks)',
  EDQUOT: 'the disk quota is used up: free some space',
  EROFS: 'its disk is read-only: choose another RUN_DIR, or mount it for writing',
  EACCES: 'permission is denied: run this as its owner, or choose another RUN_DIR',
  EPERM: 'it is not permitted: run this as its owner',
  EMFILE: 'too many files are open: raise "ulimit -n"',
  ENFILE: 'too many files are open on this machine: raise fs.file-max',
};

/** What the machine refused (no space, no permission) is for a person too; anything else is a defect. */
export const failureOf = (error: unknown): Failure | undefined => {
  if (error instanceof Failure) return error;
  return isSystemError(error) ? new Failure(messageOf(error), { cause: error }) : undefined;
};

/** An error in words for a person: of what the machine refused the file, the cause and what to do. */
export const messageOf = (error: unknown): string => {
  if (!isSystemError(error)) return error instanceof Error ? error.message : String(error);
  const refusal = REFUSALS[error.code ?? ''];
  const file = 'dest' in error && typeof error.dest === 'string' ? error.dest : error.path;
  return refusal === undefined || file === undefined ? error.message : `${file}: ${refusal} (${error.code ?? ''})`;
};
