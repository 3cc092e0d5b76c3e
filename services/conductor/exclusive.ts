import { settleKilledDeploy } from './deploy-totals.js';
import { Failure, NOT_UP } from './failure.js';
import { interruptible } from './interrupt.js';
import { takeLock } from './lock.js';
import { sweepReleases } from './releases/releases.js';
import type { Report } from './report.js';
import type { RunDirectory } from './run-directory.js';

export type Exclusive = Readonly<{
  verb: string;
  /** What the verb does where there is no run directory: make it, work without it, or fail and make nothing. */
  withoutDirectory: 'make' | 'go-on' | 'fail';
  /** Ledgers kept on disk. */
  keepLedgers: number;
}>;

/**
 * Runs work that changes a stack, one verb at a time, and takes away what a killed one left half-written.
 * @throws {Failure} when another verb is at work, or there is no stack
 */
export const exclusively = async <T>(
  run: RunDirectory,
  releases: string,
  { verb, withoutDirectory, keepLedgers }: Exclusive,
  report: Report,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> => {
  if (!run.exists()) {
    if (withoutDirectory === 'go-on') return interruptible(report, work);
    if (withoutDirectory === 'fail') throw new Failure(NOT_UP);
  }
  run.make();
  const unlock = takeLock(run.file('lock'), verb);
  try {
    run.sweep();
    sweepReleases(releases);
    settleKilledDeploy(run);
    const result = await interruptible(report, work);
    run.pruneLedgers(keepLedgers);
    return result;
  } finally {
    unlock();
  }
};
