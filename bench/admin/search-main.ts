// What the list of the admin page costs a worker with ten thousand connections: `make bench-admin`. The longest time for which
// nothing else had its turn is what users would notice. Needs nothing that runs.
import { randomUUID } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { countDurations } from '../../services/gateway/endpoints/admin/durations.js';
import { directionOf, mergePages, SORTS } from '../../services/gateway/endpoints/admin/order.js';
import { search, type Search } from '../../services/gateway/endpoints/admin/search.js';
import {
  Connections,
  type ConnectionFacts,
  type ManagedConnection,
} from '../../services/gateway/lifecycle/connections.js';
import { parseConnectionId } from '../../services/protocol/ids.js';

const CONNECTIONS = 10_000;
const ROUNDS = 20;
const LIMIT = 100;

const connectionNumber = (index: number): ManagedConnection => {
  const id = parseConnectionId(randomUUID());
  if (id === undefined) throw new Error('randomUUID did not give a UUID');
  const openedAtMs = Date.now() - Math.floor(Math.random() * 3_600_000);
  const facts: ConnectionFacts = {
    clientId: `client-${index}`,
    ip: `10.${index % 7}.${index % 251}.${index % 17}`,
    endpoint: 'channels',
    openedAtMs,
    activeAtMs: openedAtMs + 1_000,
    received: index % 997,
    sent: index % 4_999,
    errors: index % 13,
  };
  return {
    id,
    isCounted: true,
    isPage: false,
    get facts() {
      return { ...facts };
    },
    describe: (nowMs) => ({
      connection_id: id,
      client_id: facts.clientId ?? null,
      connected_at: new Date(facts.openedAtMs).toISOString(),
      last_activity: new Date(facts.activeAtMs).toISOString(),
      duration: (nowMs - facts.openedAtMs) / 1000,
      messages_received: facts.received,
      messages_sent: facts.sent,
      ip: facts.ip,
      endpoint: facts.endpoint,
      allowance: null,
    }),
    token: undefined,
    tokenRevoked: () => {},
    beat: () => {},
    checkIdle: () => {},
    warn: () => false,
    dismiss: () => {},
    move: () => {},
    replace: () => {},
    cutShort: () => {},
  };
};

/** Runs work, and looks at each turn of the event loop how long the one before took. */
const measure = async (work: () => Promise<unknown>): Promise<Readonly<{ totalMs: number; blockedMs: number }>> => {
  let blockedMs = 0;
  const over = new AbortController();
  let last = performance.now();
  const looking = (async () => {
    while (!over.signal.aborted) {
      await turn();
      const now = performance.now();
      blockedMs = Math.max(blockedMs, now - last);
      last = now;
    }
  })();
  const beganAt = performance.now();
  await work();
  const totalMs = performance.now() - beganAt;
  over.abort();
  await looking;
  return { totalMs, blockedMs };
};

const print = (name: string, runs: readonly Readonly<{ totalMs: number; blockedMs: number }>[]): void => {
  const totals = runs.map(({ totalMs }) => totalMs).sort((a, b) => a - b);
  const blocked = runs.map(({ blockedMs }) => blockedMs).sort((a, b) => a - b);
  const at = (values: readonly number[], share: number): string =>
    `${(values[Math.floor((values.length - 1) * share)] ?? 0).toFixed(1).padStart(7)} ms`;
  process.stdout.write(`${name.padEnd(40)} ${at(totals, 0.5)}  ${at(blocked, 0.5)}  ${at(blocked, 1)}\n`);
};

const connections = new Connections();
for (let index = 0; index < CONNECTIONS; index += 1) connections.add(connectionNumber(index));
const identity = { color: 'blue', worker: '1' };
const bare: Search = {
  text: '',
  endpoint: undefined,
  sort: 'duration',
  direction: 'desc',
  limit: LIMIT,
  after: undefined,
};

const cases: readonly (readonly [string, () => Promise<unknown>])[] = [
  ...SORTS.map(
    (sort) =>
      [
        `all, by ${sort}`,
        () => search(connections, identity, { ...bare, sort, direction: directionOf(sort) }),
      ] as const,
  ),
  ['clients with 99 in their name', () => search(connections, identity, { ...bare, text: '99' })],
  ['pages of 500', () => search(connections, identity, { ...bare, limit: 501 })],
  ['durations', () => countDurations(connections, Date.now())],
];

process.stdout.write(
  `${CONNECTIONS} connections on one worker, ${ROUNDS} rounds\n${''.padEnd(40)} ${'takes p50'.padStart(10)}  ${'blocks p50'.padStart(10)}  ${'blocks max'.padStart(10)}\n`,
);
for (const [name, work] of cases) {
  for (let round = 0; round < 5; round += 1) await work();
  const runs = [];
  for (let round = 0; round < ROUNDS; round += 1) runs.push(await measure(work));
  print(name, runs);
}
const page = (await search(connections, identity, { ...bare, limit: 501 })).rows;
print('merge of eight workers, pages of 500', [
  await measure(async () =>
    mergePages(
      Array.from({ length: 8 }, () => page),
      'desc',
      501,
    ),
  ),
]);
