import { expect, test } from 'vitest';
import type { Facts } from './facts.js';
import { judge } from './preflight.js';
import { FACTS, LIMITS, broker, build, busiest, front, limits, wordsOf } from './testing/facts.js';

/** The last setting that still holds, the first that does not, and how the refusal begins and ends. */
const RULES: readonly Readonly<{
  rule: string;
  holds: Partial<Facts>;
  clashes: Partial<Facts>;
  begins: string;
  ends: string;
}>[] = [
  {
    rule: 'what everything stands on runs',
    holds: { ended: [] },
    clashes: { ended: ['redis', 'nginx'] },
    begins: 'not running: redis, nginx. ',
    ends: '"make dev-up" starts what has ended',
  },
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
      'raise HISTORY_SIZE to at least 3960: HISTORY_SIZE=5000 make promote starts the new workers with it, ' +
      'and it holds from then on',
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

const DAY_MS = 86_400_000;
const lasting = (days: number): Partial<Facts> => ({
  certificate: { kind: 'good', chain: '', key: '', fingerprint: '', endsAt: new Date(Date.now() + days * DAY_MS) },
});

test('a certificate that nginx could not start with stops a promote, but no rollback; one that ends soon is told', () => {
  const bad: Partial<Facts> = { certificate: { kind: 'bad', why: 'TLS_DIR=/c: privkey.pem is missing' } };
  expect(wordsOf(bad)).toBe('TLS_DIR=/c: privkey.pem is missing');
  expect(judge({ ...FACTS, ...bad, isRollback: true })).toEqual([
    'TLS_DIR=/c: privkey.pem is missing. nginx keeps the certificate that it has.',
  ]);
  expect(judge({ ...FACTS, ...lasting(4) })).toEqual([]);
  expect(judge({ ...FACTS, ...lasting(2) })).toEqual([expect.stringContaining('the certificate in TLS_DIR ends at ')]);
});
