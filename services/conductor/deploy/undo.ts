import type { Release } from '../engines/engine.js';
import { Failure, messageOf } from '../failure.js';
import type { Report } from '../report.js';
import type { Remembered } from '../run-directory.js';
import type { Site } from '../site.js';
import { awaitLanding } from './landing.js';
import { cancelMove, moveConnections, showMove } from './move.js';
import type { Plan, Undo } from './plan.js';
import { servesWithin } from './serving.js';
import type { Judging } from './judging.js';

const EVACUATE_MS = 60_000;
const OLD_PATIENCE_MS = 10_000;

export type Undone = Readonly<{
  site: Site;
  plan: Plan;
  report: Report;
  release: Release | undefined;
  /** What the color to go back to was started with. */
  before: Remembered | undefined;
  judging: Judging;
  /** So long without an answer, and there is no old color to go back to, ms. */
  patienceMs?: number;
}>;

/** Takes a step back. Returns what could not be, in words. */
export const takeStepBack = async (
  undo: Undo,
  { site, plan, report, release, before, judging, patienceMs = OLD_PATIENCE_MS }: Undone,
): Promise<readonly string[]> => {
  switch (undo) {
    case 'cancel-move':
      return cancelMove(site, plan.from);
    case 'switch-back':
      return switchBack(site, plan, before, report, patienceMs);
    case 'end-probes':
      // They have seen the way back too: what they met there is in the verdict.
      await judging.ledger();
      return [];
    case 'stop-new-color':
      await site.engine.stop(plan.to);
      return [];
    case 'discard-release':
      if (release !== undefined) await site.releases.discard(release.id);
      return [];
  }
  return undo satisfies never;
};

/** Connections that landed on the new color in the meantime are moved back before it is stopped. */
const switchBack = async (
  site: Site,
  { from, to }: Plan,
  before: Remembered | undefined,
  report: Report,
  patienceMs: number,
): Promise<readonly string[]> => {
  if ((await site.engine.active()) === from) return [];
  const old = await servesWithin(site, from, patienceMs);
  if (old.state === 'dead') throw new Failure(`${old.why}: there is nothing to go back to`);
  await site.engine.activate(from);
  if (before !== undefined) site.run.remember(before);
  // There is nowhere else to go: it is waited for, not judged, and connections go there in any case.
  const troubles: string[] = [];
  await awaitLanding(site, from, undefined, Infinity).catch((error: unknown) => troubles.push(messageOf(error)));
  const { left } = await moveConnections(site, to, {
    reason: 'rollback',
    rate: site.verb.DRAIN_RATE,
    timeoutMs: EVACUATE_MS,
    target: from,
    look: async () => ({ kind: 'well', room: 0.5 }),
    onProgress: showMove(report),
  });
  if (left > 0) troubles.push(`${left} connections on ${to} did not move back`);
  return troubles;
};
