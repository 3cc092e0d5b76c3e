// A reader who takes 1 KB/s of a channel that gets 1 MB/s: what it costs the worker and the others, and whether it is told.
// `make bench-slow-reader`. Brings its own worker and Redis, takes a minute and a half, ends with 1 when a bound is broken.
import { Exposition } from '../../services/conductor/monitor/exposition.js';
import { Load } from '../load/load.js';
import { Watch } from '../loki-outage/watch.js';
import { startPrivateRedis } from '../private-redis.js';
import { WorkerProcess } from '../worker-process.js';
import { searchPath } from '../config.js';
import { interruptiblePause, runVerb, say, told } from '../verb.js';
import { judge, type Figures } from './judgement.js';
import { Reader } from './reader.js';
import { Trickle } from './trickle.js';

const MB = 1_048_576;
/** 1 MB/s to each of ten readers. */
const LOAD = { subscribers: 10, channels: 1, rate: 100, bytes: 10_000 };
const CHANNEL = 'bench:0';
const SLOW_BYTES_PER_SECOND = 1_000;
const SETTLE_MS = 5_000;
/** As long as with the slow reader: the heap of a worker that is young grows by itself. */
const QUIET_MS = 30_000;
/** Longer than the log reaches: 1,000 messages, 10 s. */
const SLOW_MS = 30_000;
const LOOK_MS = 500;

const pause = interruptiblePause();

/** The most that waited in the worker for clients while something is going on, MB. */
const watchWaiting = (worker: WorkerProcess): (() => number) => {
  let most = 0;
  const look = async (): Promise<void> => {
    const text = await (await fetch(`http://127.0.0.1:${worker.port}/metrics/`)).text();
    most = Math.max(most, new Exposition(text).sum('websocket_buffered_bytes') ?? 0);
  };
  const timer = setInterval(() => void look().catch(() => undefined), LOOK_MS);
  return () => {
    clearInterval(timer);
    return most / MB;
  };
};

const rehearse = async (worker: WorkerProcess): Promise<Figures> => {
  const url = `ws://127.0.0.1:${worker.port}/ws`;
  const load = await Load.start({ url, ...LOAD });
  const trickle = await Trickle.to(worker.port, SLOW_BYTES_PER_SECOND);
  try {
    const watch = new Watch(load, () => worker.memoryBytes / MB, pause);
    await pause(SETTLE_MS);
    const before = await watch.during(QUIET_MS);
    const stopWaiting = watchWaiting(worker);
    const reader = await Reader.subscribe(`ws://127.0.0.1:${trickle.port}/ws`, CHANNEL);
    const slow = await watch.during(SLOW_MS);
    const waitedMb = stopWaiting();
    say('the slow reader reads as fast as it can, to see what it was told');
    trickle.flow();
    const told = await reader.untilClosed();
    const again = await Reader.subscribe(url, CHANNEL, told.last);
    const cameBack = await again.untilServed();
    for (const one of [reader, again]) one.leave();
    await pause(SETTLE_MS);
    const after = await watch.during(QUIET_MS);
    return { before, slow, after, waitedMb, told, cameBack };
  } finally {
    trickle.close();
    load.stop();
  }
};

const main = async (): Promise<number> => {
  const redis = await startPrivateRedis();
  try {
    const worker = await WorkerProcess.start({
      PATH: searchPath(),
      REDIS_URL: redis.url,
      RATE_LIMIT_TRUSTED: '127.0.0.0/8',
    });
    try {
      say(
        `${LOAD.subscribers} readers of a channel that gets 1 MB/s; then one more, who takes 1 KB/s, for ${SLOW_MS / 1_000} s`,
      );
      return told(judge(await rehearse(worker)));
    } finally {
      await worker.stop();
    }
  } finally {
    await redis.stop();
  }
};

await runVerb(main);
