import type { Color } from '../engines/engine.js';
import { Failure } from '../failure.js';
import { clientOf, releaseRunBy, runningWorkers, type Site } from '../site.js';
import { until } from '../waiting.js';
import { nameOf } from '../worker-client.js';
import { cancelMove } from './move.js';
import type { Plan } from './plan.js';

/** `serving`: a worker is ready; `waiting`: one answers, and says why it is not; `dead`: none answers. */
export type Serving = Readonly<{ state: 'serving' } | { state: 'waiting' | 'dead'; why: string }>;

/** A worker that is being restarted is no reason to take its color for dead, ms. */
const PATIENCE_MS = 3_000;

export const servingOf = async (site: Site, color: Color): Promise<Serving> => {
  const workers = await runningWorkers(site, color);
  const answers = await Promise.all(
    workers.map(async (worker) => ({ name: nameOf(worker), answer: await clientOf(site, worker).readiness() })),
  );
  if (answers.some(({ answer }) => answer.state === 'ready')) return { state: 'serving' };
  for (const { name, answer } of answers) {
    if (answer.state === 'waiting') return { state: 'waiting', why: `${name}: ${answer.why}` };
  }
  return { state: 'dead', why: `no worker of ${color} answers` };
};

/** The same, with some time for a color that does not serve at the moment. */
export const servesWithin = async (site: Site, color: Color, patienceMs = PATIENCE_MS): Promise<Serving> => {
  let last: Serving = { state: 'dead', why: '' };
  await until(patienceMs, async () => {
    last = await servingOf(site, color);
    return last.state === 'serving' ? true : undefined;
  });
  return last;
};

/**
 * A deploy begins by stopping what runs in the idle color. Where the active one serves nobody, that may be the only one
 * that can: it is given the new connections then, and nothing is stopped.
 * @throws {Failure} saying so, and what to do
 */
export const requireServing = async (site: Site, { from, to, reason }: Plan, patienceMs?: number): Promise<void> => {
  if ((await servingOf(site, to)).state === 'dead') return;
  const active = await servesWithin(site, from, patienceMs);
  if (active.state === 'serving') return;
  // A deploy that was killed may have left it draining, and not ready for that.
  await cancelMove(site, to);
  const idle = await servesWithin(site, to, patienceMs);
  if (idle.state !== 'serving') {
    throw new Failure(
      `neither color is ready (${active.why}; ${idle.why}), and ${to}, which this would stop, still runs: mend that first`,
    );
  }
  const release = await releaseRunBy(site, to);
  await site.engine.activate(to);
  if (release !== undefined && site.run.lastActive() !== release) {
    site.run.record({ at: new Date().toISOString(), reason: 'rollback', color: to, release });
  }
  const next = reason === 'deploy' ? `promote again, onto ${from}` : `that is a rollback; nothing else was done`;
  throw new Failure(
    `${from} was active and serves nobody (${active.why}); ${to}, which this would have stopped, still ran${release === undefined ? '' : ` release ${release}`} ` +
      `and is active now: ${next}`,
  );
};
