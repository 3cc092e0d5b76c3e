import { Failure } from './failure.js';
import type { Report } from './report.js';

/** How the reason of an interrupt begins. */
export const INTERRUPTED = 'interrupted by ';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Runs work that takes itself back when it is interrupted: the first signal aborts it, later ones are only answered,
 * because an undo that is cut off leaves the worst of both.
 */
export const interruptible = async <T>(report: Report, work: (signal: AbortSignal) => Promise<T>): Promise<T> => {
  const controller = new AbortController();
  const onSignal = (signal: NodeJS.Signals): void => {
    if (controller.signal.aborted) {
      report.say('\nStill ending what was begun; it is bounded.');
      return;
    }
    report.say(`\n${signal}: ending this in order …`);
    controller.abort(new Failure(`${INTERRUPTED}${signal}`));
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  try {
    return await work(controller.signal);
  } finally {
    for (const signal of SIGNALS) process.off(signal, onSignal);
  }
};
