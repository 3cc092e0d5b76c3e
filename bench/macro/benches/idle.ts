import { setTimeout as sleep } from 'node:timers/promises';
import { choosePorts } from '../../../chaos/private-ports.js';
import { useOf, withDescendants } from '../../../services/conductor/processes.js';
import { startFront } from '../../front.js';
import type { Figure } from '../figure.js';
import { bytesAtRest } from './at-rest.js';
import type { Lab } from '../lab.js';
import { cpuSecondsOf, kernelBytes } from '../machine.js';
import { median, medianRatio, spread } from '../statistics.js';

const CONNECTIONS = 10_000;
const KIB = 1_024;
/** Of WEBSOCKET_HEARTBEAT_INTERVAL: within it each connection gets its heartbeats once. */
const HEARTBEAT_SECONDS = 30;
const SETTLE_MS = 2_000;
const KINDS = ['uws-raw', 'uws-json', 'ours'] as const;
const bench = 'idle';

/** Connections that are opened and say nothing. Each round has new servers: memory once taken is not given back. */
export const idle = async (lab: Lab): Promise<readonly Figure[]> => {
  const empty = (): Record<(typeof KINDS)[number], number[]> => ({ 'uws-raw': [], 'uws-json': [], ours: [] });
  const [opened, memory] = [empty(), empty()];
  const { rounds } = lab.config;
  const [sessions, opening, redisOpening]: [number[], number[], number[]] = [[], [], []];
  let heartbeats = 0;
  for (let round = 0; round < rounds; round += 1) {
    for (const kind of KINDS) {
      const cluster = await lab.cluster(kind, 1);
      const before = cluster.servers[0]?.memoryBytes ?? 0;
      const keptBefore = await cluster.redis.usedBytes();
      const client = lab.client(cluster);
      const { result, serverCpu, redisCpu } = await lab.measure(cluster, () => client.connect(CONNECTIONS));
      if (kind === 'ours') {
        opening.push(serverCpu);
        redisOpening.push(redisCpu);
      }
      opened[kind].push(result.seconds);
      await sleep(SETTLE_MS);
      memory[kind].push(((cluster.servers[0]?.memoryBytes ?? 0) - before) / CONNECTIONS / KIB);
      if (kind === 'ours') sessions.push((await cluster.redis.usedBytes()) - keptBefore);
      if (kind === 'ours' && round === rounds - 1) {
        const resting = await lab.measure(cluster, () => sleep(HEARTBEAT_SECONDS * 1_000));
        heartbeats = resting.serverCpu / resting.wallSeconds;
      }
      await lab.clear();
    }
  }
  const atRest = await bytesAtRest(lab, CONNECTIONS);
  const front = await throughNginx(lab);
  return [
    {
      bench,
      name: 'RSS a connection at rest',
      value: atRest / KIB,
      unit: 'KiB',
      ratio: false,
      atMost: 4,
    },
    {
      bench,
      name: 'RSS a connection that has just opened',
      value: median(memory.ours),
      unit: 'KiB',
      ratio: false,
      spread: spread(memory.ours),
    },
    {
      bench,
      name: 'time to open 10,000, of uws-json',
      value: medianRatio(opened.ours, opened['uws-json']),
      unit: '×',
      ratio: true,
      atMost: 1.5,
      spread: spread(opened.ours),
    },
    { bench, name: 'CPU of 10,000 with heartbeats', value: heartbeats, unit: 's/s', ratio: false, atMost: 0.1 },
    { bench, name: 'Redis memory a session', value: median(sessions) / CONNECTIONS / KIB, unit: 'KiB', ratio: false },
    { bench, name: 'CPU to open 10,000, ours', value: median(opening), unit: 's', ratio: false },
    { bench, name: "Redis's CPU to open 10,000", value: median(redisOpening), unit: 's', ratio: false },
    { bench, name: 'nginx RSS a connection', value: front.memory, unit: 'KiB', ratio: false },
    { bench, name: 'kernel memory a socket', value: front.kernel, unit: 'KiB', ratio: false },
    { bench, name: 'nginx CPU to open 10,000', value: front.cpu, unit: 's', ratio: false },
    ...KINDS.flatMap((kind): Figure[] => [
      { bench, name: `10,000 opened in, ${kind}`, value: median(opened[kind]), unit: 's', ratio: false },
      ...(kind === 'ours'
        ? []
        : [{ bench, name: `RSS a connection, ${kind}`, value: median(memory[kind]), unit: 'KiB', ratio: false }]),
    ]),
  ];
};

/** Each connection through nginx has four ends: the client's, two of nginx, the worker's. */
const SOCKETS = 4 * CONNECTIONS;

/** What nginx takes for the same connections: KiB each, and seconds for all of them; `kernel`: KiB of the kernel for each socket. */
const throughNginx = async (lab: Lab): Promise<Readonly<{ memory: number; cpu: number; kernel: number }>> => {
  const ports = await choosePorts();
  const server = await lab.server('ours', await lab.redis(), 1, { PORT: String(ports.blue + 1) });
  const front = await startFront(ports, 1);
  try {
    const pids = [...withDescendants([front.pid]).keys()];
    const memory = (): number => pids.reduce((sum, pid) => sum + useOf(pid).memoryBytes, 0);
    const cpu = (): number => cpuSecondsOf(pids).reduce((sum, seconds) => sum + seconds, 0);
    const before = { memory: memory(), cpu: cpu(), kernel: kernelBytes() };
    await lab.clientOf([ports.http]).connect(CONNECTIONS);
    return {
      memory: (memory() - before.memory) / CONNECTIONS / KIB,
      cpu: cpu() - before.cpu,
      kernel: (kernelBytes() - before.kernel) / SOCKETS / KIB,
    };
  } finally {
    await front.stop();
    await server.stop();
    await lab.clear();
  }
};
