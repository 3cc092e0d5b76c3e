import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Latencies } from '../load/latencies.js';
import { Load } from '../load/load.js';
import { Sink, type SinkMood } from './sink.js';

const WORKER = fileURLToPath(new URL('../../services/gateway/main.js', import.meta.url));
const SETTLE_MS = 2_000;
const MEASURE_MS = 4_000;
const LOAD = { subscribers: 50, channels: 10, rate: 500 };

/** Publish → reader on a worker of its own that logs every message; undefined: shipping is off. */
export const deliveryWith = async (mood: SinkMood | undefined): Promise<Latencies> => {
  const sink = await Sink.listen(mood ?? 'well');
  const { url } = sink;
  if (mood === 'away') sink.close();
  const worker = await startWorker(mood === undefined ? '' : url);
  try {
    const load = await Load.start({ url: `ws://127.0.0.1:${worker.port}/ws`, ...LOAD });
    await sleep(SETTLE_MS);
    load.measured();
    await sleep(MEASURE_MS);
    const measured = load.measured();
    load.stop();
    return measured;
  } finally {
    worker.process.kill('SIGKILL');
    await once(worker.process, 'exit');
    sink.close();
  }
};

const startWorker = async (lokiUrl: string): Promise<Readonly<{ process: ChildProcess; port: number }>> => {
  const worker = spawn(process.execPath, [WORKER], {
    env: { PORT: '0', LOG_MESSAGES_PER_SECOND: '100000', LOKI_URL: lokiUrl, RATE_LIMIT_TRUSTED: '127.0.0.0/8' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const port = await new Promise<number>((resolve, reject) => {
    let text = '';
    worker.once('exit', () => reject(new Error(`the worker did not start:\n${text}`)));
    worker.stdout.on('data', (chunk: Buffer) => {
      if (text.length < 10_000) text += chunk.toString();
      const started = /listens on 127\.0\.0\.1:(\d+)/.exec(text);
      if (started !== null) resolve(Number(started[1]));
    });
  });
  return { process: worker, port };
};
