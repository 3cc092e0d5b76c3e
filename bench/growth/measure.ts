import type { Lab } from '../macro/lab.js';
import type { LoadClient } from '../macro/load-client.js';
import type { ServerKind } from '../macro/server.js';
import type { Point } from './result.js';
import type { Step } from './series.js';

const PUBLISHERS = 4;
/** A process has at most 20,000 files on many machines: no client has more connections. */
const MOST_A_CLIENT = 10_000;
/** A process that has just begun compiles what it does. */
const WARM_UP_SECONDS = 1;
/** Publications that are not with everybody yet, when it goes as fast as it can. */
const UNDER_WAY = 64;
const KIB = 1_024;

/** One kind of server at one step, on processes of its own. */
export const measure = async (lab: Lab, kind: ServerKind, step: Step, x: number): Promise<Point> => {
  const { seconds } = lab.config;
  const cluster = await lab.cluster(kind, step.workers);
  const memory = (): number => cluster.servers.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0);
  const before = memory();
  const clients: LoadClient[] = [];
  for (let left = step.subscribers; left > 0; left -= MOST_A_CLIENT) {
    const [client, count] = [lab.client(cluster), Math.min(left, MOST_A_CLIENT)];
    await client.connect(count + (clients.length === 0 ? PUBLISHERS : 0));
    await client.ask(`size ${step.bytes}`);
    await client.subscribe(count, step.channels, 'growth:');
    clients.push(client);
  }
  const after = memory();
  const [speaking] = clients;
  if (speaking === undefined) throw new Error('a step without subscribers');
  // The client that speaks counts what its own subscribers get.
  const share = step.subscribers / Math.min(step.subscribers, MOST_A_CLIENT);
  const publications = (step.rate * step.channels) / step.subscribers;
  await speaking.ask(`pace ${publications} ${WARM_UP_SECONDS} ${PUBLISHERS}`);
  const steady = await lab.measure(cluster, () => speaking.ask(`pace ${publications} ${seconds} ${PUBLISHERS}`));
  const most = Math.max(step.subscribers / step.channels, 1) * UNDER_WAY;
  const fast = await speaking.ask(`flood ${Math.round(most / share)} ${seconds} ${PUBLISHERS}`);
  const delivered = steady.result.delivered * share;
  await lab.clear();
  return {
    x,
    cpu: (steady.serverCpu / delivered) * 1e6,
    redis: (steady.redisCpu / delivered) * 1e6,
    p50: steady.result.p50,
    p99: steady.result.p99,
    sustained: (fast.delivered * share) / fast.seconds,
    memory: (after - before) / step.subscribers / KIB,
    lost: steady.result.expected - steady.result.delivered + fast.lost,
  };
};
