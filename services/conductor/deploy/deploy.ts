import type { LedgerResult } from '../../ledger/probes.js';
import { messageOf } from '../failure.js';
import type { Color } from '../engines/engine.js';
import type { Report } from '../report.js';
import { lastWords, type Site } from '../site.js';
import { Deployment } from './deployment.js';
import { cancelMove } from './move.js';
import { Notices } from './notices.js';
import { isBeyondReturn, undosAfter, type Plan, type Reason, type StepName } from './plan.js';

export type StepTime = Readonly<{ step: StepName; seconds: number }>;
export type Summary = Readonly<{
  reason: Reason;
  from: Color;
  to: Color;
  release: string | undefined;
  steps: readonly StepTime[];
  moved: number;
  shortfalls: readonly string[];
  /** What the probes met, the way back included; undefined: there were none. */
  ledger: LedgerResult | undefined;
}> &
  Readonly<
    | { outcome: 'done' }
    /** `undone` is false when something could not be taken back (`troubles` says what), or the active color is another one. */
    | {
        outcome: 'failed';
        failed: StepName;
        cause: string;
        log: readonly string[];
        undone: boolean;
        /** False: it failed before there was anything to take back. */
        undoOwed: boolean;
        troubles: readonly string[];
      }
  >;

/** Runs a plan: step after step; when one fails, everything before it is taken back in reverse. Never throws for a failed step. */
export const deploy = async (site: Site, plan: Plan, report: Report, signal: AbortSignal): Promise<Summary> => {
  const notices = new Notices(site, plan);
  const work = new Deployment(site, plan, notices.watching(report), signal);
  const steps: StepTime[] = [];
  const summary = async () => ({
    reason: plan.reason,
    from: plan.from,
    to: plan.to,
    release: work.releaseId,
    steps,
    moved: work.moved,
    shortfalls: work.shortfalls,
    ledger: await work.ledger(),
  });
  // A deploy that was killed in its move may have left the active color draining.
  await cancelMove(site, plan.from);
  for (const { name, does } of plan.steps) {
    notices.step(name, work.releaseId);
    const line = report.step(does);
    const began = performance.now();
    try {
      if (!isBeyondReturn(name)) signal.throwIfAborted();
      line.done(await work[name]());
      steps.push({ step: name, seconds: round((performance.now() - began) / 1_000) });
    } catch (error) {
      line.failed();
      const cause: unknown = signal.aborted && !isBeyondReturn(name) ? signal.reason : error;
      if (isBeyondReturn(name)) {
        work.shortfalls.push(`${plan.from} could not be stopped in order: ${messageOf(error)}`);
        break;
      }
      notices.failed(messageOf(cause));
      const log = await lastWords(site, cause);
      const troubles = await takeBack(work, plan, name, report);
      const undone = troubles.length === 0 && (await site.engine.active()) === plan.from;
      const undoOwed = undosAfter(plan, name).length > 0;
      const outcome = await summary();
      await notices.end(undone ? 'rolled_back' : 'failed', outcome.moved, outcome.ledger, outcome.shortfalls);
      return {
        ...outcome,
        outcome: 'failed',
        failed: name,
        cause: messageOf(cause),
        log,
        undone,
        undoOwed,
        troubles,
      };
    }
  }
  const outcome = await summary();
  await notices.end('done', outcome.moved, outcome.ledger, outcome.shortfalls);
  return { ...outcome, outcome: 'done' };
};

const takeBack = async (work: Deployment, plan: Plan, failed: StepName, report: Report): Promise<readonly string[]> => {
  const troubles: string[] = [];
  for (const undo of undosAfter(plan, failed)) {
    const line = report.step(`undo: ${undo.replaceAll('-', ' ')}`);
    try {
      troubles.push(...(await work.undo(undo)));
      line.done('');
    } catch (error) {
      line.failed();
      troubles.push(`${undo}: ${messageOf(error)}`);
      // Clients may still be sent to the new color: it must not be stopped.
      if (undo === 'switch-back') return [...troubles, `${plan.to} is left running`];
      // What may still run, or be started again, needs its release.
      if (undo === 'stop-new-color') return troubles;
    }
  }
  return troubles;
};

const round = (seconds: number): number => Math.round(seconds * 1_000) / 1_000;
