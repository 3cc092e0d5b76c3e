import { describe, expect, test } from 'vitest';
import { DEFAULTS } from '../../gateway/defaults.js';
import type { Limits } from '../engines/engine.js';
import type { BuildSettings } from './build-settings.js';
import type { Facts } from './facts.js';
import { judge } from './preflight.js';

const BUILD: BuildSettings = { ...DEFAULTS.settings, ...DEFAULTS.fixed };
const LIMITS: Limits = {
  kill: { setting: 'stopwaitsecs', value: 13 },
  front: {
    readTimeout: { setting: 'proxy_read_timeout', value: 120 },
    sendTimeout: { setting: 'proxy_send_timeout', value: 120 },
    processes: 2,
    connections: { setting: 'worker_connections', value: 20_000 },
    files: { setting: 'open files of nginx', value: 20_000 },
  },
  workerFiles: { setting: 'open files of a worker', value: 20_000 },
  localPorts: { setting: 'ports of net.ipv4.ip_local_port_range', value: 28_232 },
  broker: {
    pubsubBuffer: { setting: 'client-output-buffer-limit pubsub', value: 128 * 1024 * 1024 },
    eviction: { setting: 'maxmemory-policy', value: 'noeviction' },
    persistence: [{ setting: 'appendonly', wanted: 'yes', found: 'yes' }],
  },
};
const FACTS: Facts = {
  build: BUILD,
  limits: LIMITS,
  workers: 2,
  connections: 1_000,
  moveRate: 1_000,
  moveTimeout: 300,
  busiest: { name: 'prices', per_second: 30, bytes_per_second: 30_000 },
};

const build = (settings: Partial<BuildSettings>): Partial<Facts> => ({ build: { ...BUILD, ...settings } });
const limits = (given: Partial<Limits>): Partial<Facts> => ({ limits: { ...LIMITS, ...given } });
const front = (given: Partial<Limits['front']>): Partial<Facts> => limits({ front: { ...LIMITS.front, ...given } });
const broker = (given: Partial<NonNullable<Limits['broker']>>): Partial<Facts> =>
  limits({ broker: { ...LIMITS.broker!, ...given } });
const busiest = (perSecond: number, bytes = perSecond): Partial<Facts> => ({
  busiest: { name: 'prices', per_second: perSecond, bytes_per_second: bytes },
});

const wordsOf = (changed: Partial<Facts>): string => {
  try {
    judge({ ...FACTS, ...changed });
    return '';
  } catch (error) {
    return (error as Error).message;
  }
};

test('the defaults of a worker agree with one another, and with a machine of usual size', () => {
  expect(judge(FACTS)).toEqual([]);
});

/** The last setting that still holds, the first that does not, and how the refusal begins and ends. */
const RULES: readonly Readonly<{
  rule: string;
  holds: Partial<Facts>;
  clashes: Partial<Facts>;
  begins: string;
  ends: string;
}>[] = [
  {
    rule: 'a drain fits into a stop',
    holds: build({ DRAIN_GRACE: 3, GRACEFUL_SHUTDOWN_TIMEOUT: 5 }),
    clashes: build({ DRAIN_GRACE: 3, GRACEFUL_SHUTDOWN_TIMEOUT: 4 }),
    begins: 'DRAIN_GRACE=3 and GRACEFUL_SHUTDOWN_TIMEOUT=4 clash: ',
    ends: 'raise GRACEFUL_SHUTDOWN_TIMEOUT to at least 5, or lower DRAIN_GRACE',
  },
  {
    rule: 'a stop ends before the supervisor kills',
    holds: limits({ kill: { setting: 'stopwaitsecs', value: 10 } }),
    clashes: limits({ kill: { setting: 'stopwaitsecs', value: 9 } }),
    begins: 'GRACEFUL_SHUTDOWN_TIMEOUT=10 and stopwaitsecs=9 clash: ',
    ends: 'raise stopwaitsecs to at least 10, or lower GRACEFUL_SHUTDOWN_TIMEOUT',
  },
  {
    rule: 'a heartbeat comes before its time-out',
    holds: build({ HEARTBEAT_TIMEOUT: 31 }),
    clashes: build({ HEARTBEAT_TIMEOUT: 30 }),
    begins: 'WEBSOCKET_HEARTBEAT_INTERVAL=30 and HEARTBEAT_TIMEOUT=30 clash: ',
    ends: 'raise HEARTBEAT_TIMEOUT to more than 30, or lower WEBSOCKET_HEARTBEAT_INTERVAL below 30',
  },
  {
    rule: 'a heartbeat comes before nginx stops waiting to read',
    holds: front({ readTimeout: { setting: 'proxy_read_timeout', value: 31 } }),
    clashes: front({ readTimeout: { setting: 'proxy_read_timeout', value: 30 } }),
    begins: 'WEBSOCKET_HEARTBEAT_INTERVAL=30 and proxy_read_timeout=30 clash: ',
    ends: 'raise proxy_read_timeout to more than 30, or lower WEBSOCKET_HEARTBEAT_INTERVAL below 30',
  },
  {
    rule: 'a heartbeat comes before nginx stops waiting to send',
    holds: front({ sendTimeout: { setting: 'proxy_send_timeout', value: 31 } }),
    clashes: front({ sendTimeout: { setting: 'proxy_send_timeout', value: 20 } }),
    begins: 'WEBSOCKET_HEARTBEAT_INTERVAL=30 and proxy_send_timeout=20 clash: ',
    ends: 'raise proxy_send_timeout to more than 30, or lower WEBSOCKET_HEARTBEAT_INTERVAL below 20',
  },
  {
    rule: 'nginx gives a silent connection up before its worker does: reading',
    holds: front({ readTimeout: { setting: 'proxy_read_timeout', value: 959 } }),
    clashes: front({ readTimeout: { setting: 'proxy_read_timeout', value: 960 } }),
    begins: 'proxy_read_timeout=960 and idleTimeout of uWebSockets.js=960 clash: ',
    ends: 'lower proxy_read_timeout below 960',
  },
  {
    rule: 'nginx gives a silent connection up before its worker does: sending',
    holds: front({ sendTimeout: { setting: 'proxy_send_timeout', value: 959 } }),
    clashes: front({ sendTimeout: { setting: 'proxy_send_timeout', value: 3_600 } }),
    begins: 'proxy_send_timeout=3600 and idleTimeout of uWebSockets.js=960 clash: ',
    ends: 'lower proxy_send_timeout below 960',
  },
  {
    rule: 'a log outlives a move',
    holds: build({ HISTORY_TTL: 34 }),
    clashes: build({ HISTORY_TTL: 33 }),
    begins: 'HISTORY_TTL=33 and DRAIN_GRACE=3 clash: ',
    ends: 'raise HISTORY_TTL to at least 34',
  },
  {
    rule: 'a log holds what the busiest channel brings while a client is away',
    holds: busiest(1_000 / 33),
    clashes: busiest(120),
    begins: 'HISTORY_SIZE=1000 and DRAIN_GRACE=3 clash: the channel prices had 120 publications a second ',
    ends:
      'raise HISTORY_SIZE to at least 3960: HISTORY_SIZE=5000 make promote starts the new workers with it; give it with ' +
      'each deploy, or with make dev-up for all of them',
  },
  {
    rule: 'a session outlives a move',
    holds: build({ SESSION_TTL: 34 }),
    clashes: build({ SESSION_TTL: 33 }),
    begins:
      'SESSION_TTL=33 and DRAIN_GRACE=3 clash: a move takes up to 4 s (1 s for 1000 connections at DRAIN_RATE=1000',
    ends: 'raise SESSION_TTL to at least 34',
  },
  {
    rule: 'ids are known for longer than a move',
    holds: build({ DEDUPE_WINDOW: 34 }),
    clashes: build({ DEDUPE_WINDOW: 33.5 }),
    begins: 'DEDUPE_WINDOW=33.5 and DRAIN_GRACE=3 clash: ',
    ends: 'what it sends again would be published twice; raise DEDUPE_WINDOW to at least 34',
  },
  {
    rule: 'a deploy waits for all of a move',
    holds: { moveTimeout: 4 },
    clashes: { moveTimeout: 3 },
    begins: 'DRAIN_TIMEOUT=3 and DRAIN_RATE=1000 clash: 1000 connections take 1 s, and the grace of the last one 3 s',
    ends: 'raise DRAIN_TIMEOUT to at least 4, or DRAIN_RATE',
  },
  {
    rule: 'Redis lets a worker pause',
    holds: broker({ pubsubBuffer: { setting: 'client-output-buffer-limit pubsub', value: 8 * 1024 * 1024 } }),
    clashes: broker({ pubsubBuffer: { setting: 'client-output-buffer-limit pubsub', value: 1_048_576 } }),
    begins: 'busiest channel, bytes a second=30000 and client-output-buffer-limit pubsub=1048576 clash: ',
    ends: 'raise client-output-buffer-limit pubsub to at least 8388608',
  },
  {
    rule: 'Redis lets a worker pause, for all that a busy channel brings',
    holds: busiest(1, 26_843_545),
    clashes: busiest(1, 26_843_546),
    begins: 'busiest channel, bytes a second=26843546 and client-output-buffer-limit pubsub=134217728 clash: ',
    ends: 'raise client-output-buffer-limit pubsub to at least 134217730',
  },
  {
    rule: 'Redis evicts nothing',
    holds: broker({ eviction: { setting: 'maxmemory-policy', value: 'noeviction' } }),
    clashes: broker({ eviction: { setting: 'maxmemory-policy', value: 'allkeys-lru' } }),
    begins: 'maxmemory-policy=allkeys-lru and HISTORY_TTL=300 clash: ',
    ends: 'set maxmemory-policy to noeviction',
  },
  {
    rule: 'nginx may have two connections for each client',
    holds: front({ connections: { setting: 'worker_connections', value: 1_628 } }),
    clashes: front({ connections: { setting: 'worker_connections', value: 1_627 } }),
    begins: 'connections=1000 and worker_connections=1627 clash: ',
    ends: 'raise worker_connections to at least 1628',
  },
  {
    rule: 'nginx may open two files for each client',
    holds: front({ files: { setting: 'open files of nginx', value: 1_628 } }),
    clashes: front({ files: { setting: 'open files of nginx', value: 1_024 } }),
    begins: 'connections=1000 and open files of nginx=1024 clash: ',
    ends: 'raise open files of nginx to at least 1628',
  },
  {
    rule: 'a new worker may open a file for each client that it takes over',
    holds: limits({ workerFiles: { setting: 'open files of a worker', value: 878 } }),
    clashes: limits({ workerFiles: { setting: 'open files of a worker', value: 877 } }),
    begins: 'connections=1000 and open files of a worker=877 clash: ',
    ends: 'raise open files of a worker to at least 878',
  },
  {
    rule: 'nginx has a local port for each connection to a new worker',
    holds: { connections: 20_000, ...front({ processes: 8 }) },
    clashes: {
      connections: 40_000,
      ...limits({ workerFiles: undefined, front: { ...LIMITS.front, connections: undefined, files: undefined } }),
    },
    begins: 'connections=40000 and ports of net.ipv4.ip_local_port_range=28232 clash: ',
    ends: 'raise ports of net.ipv4.ip_local_port_range to at least 30000',
  },
];

test.each(RULES)('$rule', ({ holds, clashes, begins, ends }) => {
  expect(wordsOf(holds)).toBe('');
  const words = wordsOf(clashes);
  expect({ words, begins: words.slice(0, begins.length), ends: words.slice(-ends.length) }).toMatchObject({
    begins,
    ends,
  });
  expect(words.split('\n')).toHaveLength(1);
});

test.each([31, 100, 999.9, 12_345])(
  'at %d publications a second, what is said to be set is enough, also for a fifth more',
  (perSecond) => {
    const [, said] = /HISTORY_SIZE=(\d+) make promote/.exec(wordsOf(busiest(perSecond))) ?? [];
    expect(wordsOf({ ...build({ HISTORY_SIZE: Number(said) }), ...busiest(perSecond * 1.2) })).toBe('');
  },
);

describe('judge', () => {
  test('names every clash, a line each', () => {
    expect(wordsOf(build({ HISTORY_TTL: 1, HEARTBEAT_TIMEOUT: 1 })).split('\n')).toHaveLength(2);
  });

  test('another persistence than planned is a warning', () => {
    const persistence = [{ setting: 'appendonly', wanted: 'yes', found: 'no' }];
    expect(judge({ ...FACTS, ...broker({ persistence }) })).toEqual([
      'Redis does not keep its data as planned: appendonly=no where redis.conf says yes',
    ]);
  });

  test('what is not known is not judged', () => {
    const unknown = { build: undefined, busiest: undefined, connections: 0 };
    const nothing = { readTimeout: undefined, sendTimeout: undefined, connections: undefined, files: undefined };
    const away = { kill: LIMITS.kill, workerFiles: undefined, localPorts: undefined, broker: undefined };
    expect(judge({ ...FACTS, ...unknown, limits: { ...away, front: { ...nothing, processes: 0 } } })).toEqual([]);
    expect(judge({ ...FACTS, ...unknown })).toEqual([]);
    const before = build({ SESSION_TTL: undefined, DEDUPE_WINDOW: undefined });
    expect(judge({ ...FACTS, ...before })).toEqual([]);
  });
});
