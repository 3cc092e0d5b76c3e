import { setTimeout as sleep } from 'node:timers/promises';
import type { Figure } from '../figure.js';
import { CONTROL_TOKEN, type Lab } from '../lab.js';
import { median, spread } from '../statistics.js';

const STARTS = { quick: 3, whole: 7 };
const CONNECTIONS = 10_000;
const CHANNELS = 100;
/** As the conductor asks for in a deploy. */
const MOVES_A_SECOND = 2_000;
const PATIENCE_S = 30;
const REST_MS = 500;
const bench = 'start';

/** A worker's start until it is ready, its stop when nobody is on it, and how long many connections take to move to another. */
export const start = async (lab: Lab): Promise<readonly Figure[]> => {
  const redis = await lab.redis();
  const [ready, stopped]: [number[], number[]] = [[], []];
  for (let n = 0; n < (lab.config.isQuick ? STARTS.quick : STARTS.whole); n += 1) {
    const startedAt = performance.now();
    const server = await lab.server('ours', redis);
    ready.push(performance.now() - startedAt);
    await sleep(REST_MS);
    const stoppedAt = performance.now();
    await server.stop();
    stopped.push(performance.now() - stoppedAt);
  }
  await lab.clear();
  const { seconds, lost } = await move(lab);
  return [
    {
      bench,
      name: 'ready after its start',
      value: median(ready),
      unit: 'ms',
      ratio: false,
      atMost: 500,
      spread: spread(ready),
    },
    {
      bench,
      name: 'stopped when idle',
      value: median(stopped),
      unit: 'ms',
      ratio: false,
      atMost: 1_000,
      spread: spread(stopped),
    },
    { bench, name: '10,000 connections moved in', value: seconds, unit: 's', ratio: false, atMost: 10 },
    { bench, name: 'not moved, or not recovered', value: lost, unit: '', ratio: false, atMost: 0 },
  ];
};

const move = async (lab: Lab): Promise<Readonly<{ seconds: number; lost: number }>> => {
  const cluster = await lab.cluster('ours', 2);
  const client = lab.client(cluster);
  await client.ask('use 1');
  await client.connect(CONNECTIONS);
  await client.subscribe(CONNECTIONS, CHANNELS, 'move:');
  const { result } = await lab.measure(cluster, async () => {
    const moved = client.ask(`moves ${PATIENCE_S}`);
    const response = await fetch(`http://127.0.0.1:${cluster.servers[0]?.port}/control/drain`, {
      method: 'POST',
      headers: { authorization: `Bearer ${CONTROL_TOKEN}` },
      body: JSON.stringify({ reason: 'deploy', rate: MOVES_A_SECOND }),
    });
    if (!response.ok) throw new Error(`the worker refused to move its connections: ${response.status}`);
    return await moved;
  });
  return { seconds: result.seconds, lost: result.lost + result.failed };
};
