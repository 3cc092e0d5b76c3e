import type { Position } from '../../protocol/frames.js';
import type { Color, WorkerAddress } from '../engines/engine.js';
import { Failure, messageOf } from '../failure.js';
import { clientOf, runningWorkers, type Site } from '../site.js';
import { nameOf } from '../worker-client.js';
import type { Probe } from './probe.js';
import { openAs } from './smoke.js';
import { newChannel, publish, subscribe, type Open } from './speaking.js';

export type WarmUp = Readonly<{
  /** Connections that each worker sees. */
  arrivals: number;
  signal: AbortSignal;
  onProgress?: (served: number, total: number) => void;
}>;
export type WarmedUp = Readonly<{ served: number; total: number }>;

/** Connections of the warm-up that a worker has at a time. */
const LANES = 8;
const PUBLISH_EVERY = 10;
/** Then a client takes another channel: none of them is to look like one with traffic. */
const CHANNEL_FOR = 100;
/** A slow worker is not waited for any longer, ms. */
const TIME_MS = 10_000;

/**
 * Every worker of a color sees `arrivals` connections that come, resume, recover and leave, before a user's does: code
 * that has just started runs several times slower than code that V8 has compiled for what it sees, and a move would be
 * what it learns from. Ends after ten seconds in any case.
 * @throws {Failure} naming the worker, when one of them is not served; the reason of `signal`
 */
export const warmUpColor = async (
  site: Site,
  color: Color,
  { arrivals, signal, onProgress }: WarmUp,
): Promise<WarmedUp> => {
  const workers = await runningWorkers(site, color);
  const total = workers.length * arrivals;
  const failed = new AbortController();
  const ending = AbortSignal.any([signal, failed.signal, AbortSignal.timeout(TIME_MS)]);
  let served = 0;
  const warmUp = async (worker: WorkerAddress): Promise<void> => {
    let left = arrivals;
    const isDue = (): boolean => {
      left -= 1;
      return left >= 0 && !ending.aborted;
    };
    const onServed = (): void => onProgress?.((served += 1), total);
    const open = openAs(clientOf(site, worker));
    try {
      await Promise.all(Array.from({ length: LANES }, () => runLane(worker, open, isDue, onServed)));
    } catch (error) {
      failed.abort();
      throw new Failure(`warm-up of ${nameOf(worker)}: ${messageOf(error)}`, { worker, cause: error });
    }
  };
  await Promise.all(workers.map(warmUp));
  signal.throwIfAborted();
  return { served, total };
};

/** One client that moves again and again, as a client of the library does: the new connection first, then the old one goes. */
const runLane = async (
  worker: WorkerAddress,
  open: Open,
  isDue: () => boolean,
  onServed: () => void,
): Promise<void> => {
  let probe: Probe | undefined;
  let place: Position | undefined;
  let channel = newChannel();
  try {
    for (let arrival = 0; isDue(); arrival += 1) {
      const session = probe?.welcome.session_id;
      const next = await open(worker, session === undefined ? '/ws' : `/ws?session=${session}`);
      probe?.close();
      probe = next;
      if (arrival % CHANNEL_FOR === 0) [channel, place] = [newChannel(), undefined];
      const { epoch, offset } = await subscribe(probe, channel, place);
      place = { epoch, offset };
      if (arrival % PUBLISH_EVERY === 0) await publish(probe, channel, arrival, `arrival-${arrival}`);
      onServed();
    }
  } finally {
    probe?.close();
  }
};
