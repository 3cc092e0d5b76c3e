import { clientOf, runningWorkers, type Site } from '../site.js';
import type { Color, WorkerAddress } from '../engines/engine.js';
import type { ChannelName } from '../../protocol/ids.js';
import type { Position } from '../../protocol/frames.js';
import type { Probe } from './probe.js';
import { openAs } from './smoke.js';
import { newChannel, publish, subscribe, type Open } from './speaking.js';

/** Connections of the warm-up that a worker has at a time. */
const LANES = 8;
const PUBLISH_EVERY = 10;

/**
 * Every worker of a color sees `arrivals` connections that come, resume, recover and leave, before a user's does: code
 * that has just started runs several times slower than code that V8 has compiled for what it sees, and a move would be
 * what it learns from.
 * @throws {Failure} when one of them is not served
 */
export const warmUpColor = async (site: Site, color: Color, arrivals: number, signal: AbortSignal): Promise<void> => {
  const workers = await runningWorkers(site, color);
  await Promise.all(workers.map((worker) => warmUp(worker, openAs(clientOf(site, worker)), arrivals, signal)));
};

const warmUp = async (worker: WorkerAddress, open: Open, arrivals: number, signal: AbortSignal): Promise<void> => {
  const channel = newChannel();
  const lanes = Math.min(LANES, arrivals);
  const each = Math.ceil(arrivals / Math.max(1, lanes));
  await Promise.all(Array.from({ length: lanes }, () => runLane(worker, open, channel, each, signal)));
};

/** One client that moves again and again, as a client of the library does: the new connection first, then the old one goes. */
const runLane = async (
  worker: WorkerAddress,
  open: Open,
  channel: ChannelName,
  arrivals: number,
  signal: AbortSignal,
): Promise<void> => {
  let probe: Probe | undefined;
  let place: Position | undefined;
  try {
    for (let arrival = 0; arrival < arrivals && !signal.aborted; arrival += 1) {
      const session = probe?.welcome.session_id;
      const next = await open(worker, session === undefined ? '/ws' : `/ws?session=${session}`);
      probe?.close();
      probe = next;
      const { epoch, offset } = await subscribe(probe, channel, place);
      place = { epoch, offset };
      if (arrival % PUBLISH_EVERY === 0) await publish(probe, channel, arrival, `arrival-${arrival}`);
    }
  } finally {
    probe?.close();
  }
};
