import exec from 'k6/execution';
import type { Plan } from '../runner/plan.ts';

const isPlan = (value: unknown): value is Plan => typeof value === 'object' && value !== null && 'members' in value;

const parsePlan = (text: string | undefined): Plan => {
  const value: unknown = JSON.parse(text ?? 'null');
  if (!isPlan(value)) throw new Error('PLAN is missing: "make load-test" runs this');
  return value;
};

/** Written, and checked, by the program that starts k6. */
export const plan = parsePlan(__ENV['PLAN']);

/** Timers, and what comes from one connection, share a thread: so many members to each of them. */
export const MEMBERS_PER_THREAD = 100;

/** Of those of a scenario, which are of this thread: the index of the thread, and how many. */
export const shareOf = (total = 0): Readonly<{ index: number; count: number }> => {
  const index = exec.scenario.iterationInTest;
  return { index, count: Math.min(MEMBERS_PER_THREAD, total - index * MEMBERS_PER_THREAD) };
};

/** Made anew each time that k6 is asked for it, which costs more than a message does. */
let instance: typeof exec.instance | undefined;

/** Milliseconds since the run began: one clock for all threads. */
export const now = (): number => (instance ??= exec.instance).currentTestRunDuration;

export const END_MS = plan.seconds * 1_000;
