import type { Color } from '../engines/engine.js';
import { Failure } from '../failure.js';
import { clientOf, runningWorkers, type Site } from '../site.js';
import { smokeSkew } from './skew.js';
import { openAs, smokeWorker } from './smoke.js';

export type NewColor = Readonly<{ color: Color; release: string; from: Color; signal: AbortSignal }>;

/**
 * Every worker of a new color by itself and with one of the active color, then the two releases with one another.
 * Returns a few words. @throws {Failure}
 */
export const smokeColor = async (site: Site, { color, release, from, signal }: NewColor): Promise<string> => {
  const [peer] = await runningWorkers(site, from);
  if (peer === undefined) throw new Failure(`no worker of ${from} runs: messages can't be tried across`);
  const old = { worker: peer, release: (await clientOf(site, peer).version()).release };
  const workers = await runningWorkers(site, color);
  for (const worker of workers) {
    signal.throwIfAborted();
    await smokeWorker({ worker, release }, clientOf(site, worker), old);
  }
  const [first] = workers;
  if (first === undefined) throw new Failure(`no worker of ${color} runs`);
  signal.throwIfAborted();
  await smokeSkew({ worker: first, release }, old, openAs(clientOf(site, first)));
  return `${workers.length} workers; releases ${old.release} and ${release} understand each other both ways`;
};
