import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Summary } from './deploy/deploy.js';
import { messageOf } from './failure.js';
import { isAlive } from './processes.js';
import { TOLD, type RunDirectory } from './run-directory.js';

export const DEPLOY_VERBS = ['promote', 'rollback'] as const;
export type DeployVerb = (typeof DEPLOY_VERBS)[number];
/** `rolled_back`: everything was undone; `failed`: refused before there was anything to undo, not undone, or killed. */
export const OUTCOMES = ['done', 'rolled_back', 'failed'] as const;
export type Outcome = (typeof OUTCOMES)[number];

const count = z.number().int().min(0);
const Finished = z.object({ done: count, rolled_back: count, failed: count });
const Totals = z.object({
  started: z.object({ promote: count, rollback: count }),
  finished: z.object({ promote: Finished, rollback: Finished }),
  /** When the last one of a verb ended, in seconds since 1970. */
  last: z.object({ promote: z.number().optional(), rollback: z.number().optional() }),
  /** Of the last one, s. */
  last_duration: z.number(),
  moved: count,
  acked: count,
  lost: count,
  duplicated: count,
  running: z.object({ verb: z.enum(DEPLOY_VERBS), pid: z.number(), since: z.string() }).optional(),
});
/** Sums over all deploys in the life of a run directory. */
export type Totals = z.infer<typeof Totals>;

/** In a folder that has nothing else but what an exporter is told: one in a container sees that folder alone. */
const FILE = join(TOLD, 'deploy-totals.json');
/** Where an older conductor had it. */
const FILE_BEFORE = 'deploy-totals.json';
const NONE = { done: 0, rolled_back: 0, failed: 0 } as const;
const ZERO: Totals = {
  started: { promote: 0, rollback: 0 },
  finished: { promote: NONE, rollback: NONE },
  last: {},
  last_duration: 0,
  moved: 0,
  acked: 0,
  lost: 0,
  duplicated: 0,
};

/** `trouble`: why a file that is there counts for nothing. */
export const readTotals = (run: RunDirectory): Readonly<{ totals: Totals; trouble: string | undefined }> => {
  const file = [FILE, FILE_BEFORE].map((name) => run.file(name)).find((path) => existsSync(path));
  if (file === undefined) return { totals: ZERO, trouble: undefined };
  try {
    return { totals: Totals.parse(JSON.parse(readFileSync(file, 'utf8'))), trouble: undefined };
  } catch (error) {
    return { totals: ZERO, trouble: `${file} can't be read: ${messageOf(error)}` };
  }
};

export const isDeployRunning = ({ running }: Totals): boolean => running !== undefined && isAlive(running.pid);

/**
 * Counts a deploy: when it begins, and what it came to. Its figures are no reason to fail it: `warn` is told what could
 * not be written.
 */
export const counted = async (
  run: RunDirectory,
  verb: DeployVerb,
  warn: (words: string) => void,
  deploy: () => Promise<Summary>,
): Promise<Summary> => {
  const began = performance.now();
  const note = (change: (totals: Totals) => Totals): void => {
    try {
      run.write(FILE, `${JSON.stringify(change(readTotals(run).totals), null, 2)}\n`);
    } catch (error) {
      warn(`The totals of deploys were not written: ${messageOf(error)}`);
    }
  };
  const end = (outcome: Outcome, summary?: Summary): void =>
    note((totals) => finish(totals, verb, outcome, (performance.now() - began) / 1_000, summary));
  note((totals) => begin(totals, verb));
  try {
    const summary = await deploy();
    end(outcomeOf(summary), summary);
    return summary;
  } catch (error) {
    end('failed');
    throw error;
  }
};

/** A deploy whose process is gone has failed. Called by whoever has the stack for itself. */
export const settleKilledDeploy = (run: RunDirectory): void => {
  const { totals } = readTotals(run);
  if (totals.running === undefined || isDeployRunning(totals)) return;
  const seconds = (Date.now() - Date.parse(totals.running.since)) / 1_000;
  try {
    run.write(FILE, `${JSON.stringify(finish(totals, totals.running.verb, 'failed', seconds), null, 2)}\n`);
  } catch {
    // The verb that comes after this one finds it again.
  }
};

const outcomeOf = (summary: Summary): Outcome => {
  if (summary.outcome === 'done') return 'done';
  return summary.undone && summary.undoOwed ? 'rolled_back' : 'failed';
};

const begin = (totals: Totals, verb: DeployVerb): Totals => ({
  ...totals,
  started: { ...totals.started, [verb]: totals.started[verb] + 1 },
  running: { verb, pid: process.pid, since: new Date().toISOString() },
});

const finish = (totals: Totals, verb: DeployVerb, outcome: Outcome, seconds: number, summary?: Summary): Totals => {
  const finished = totals.finished[verb];
  const verdict = summary?.ledger?.verdict;
  return {
    ...totals,
    finished: { ...totals.finished, [verb]: { ...finished, [outcome]: finished[outcome] + 1 } },
    last: { ...totals.last, [verb]: Math.round(Date.now() / 1_000) },
    last_duration: Math.round(seconds * 1_000) / 1_000,
    moved: totals.moved + (summary?.moved ?? 0),
    acked: totals.acked + (verdict?.acked ?? 0),
    lost: totals.lost + (verdict?.lost ?? 0),
    duplicated: totals.duplicated + (verdict?.duplicated ?? 0),
    running: undefined,
  };
};
