// What presence costs with 20,000 members over 20 channels, on four workers and a Redis of its own: how long a query
// takes, and how many commands Redis does for a query, a join and a leave; the same with a tenth of the members.
import { DEFAULT_LIMITS } from '../dist/services/gateway/broker/broker.js';
import { createRedisBroker } from '../dist/services/gateway/broker/redis/redis-broker.js';
import { startRedis } from './redis.mjs';

const CHANNELS = 20;
const WORKERS = 4;
const QUERIES = 2_000;
const CHANGES = 2_000;
const PAGE = 100;

const say = (text) => void process.stdout.write(`${text}\n`);
const percentile = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
const channel = (n) => `room:${n % CHANNELS}`;

/** Commands that Redis did, those inside of scripts too, and those that came over a connection. */
const commands = async (redis) => {
  const stats = await redis.ask('INFO all');
  const done = [...stats.matchAll(/^cmdstat_(?!info)[^:]*:calls=(\d+)/gm)].reduce(
    (sum, [, calls]) => sum + Number(calls),
    0,
  );
  return { done, scripts: Number(/^cmdstat_evalsha:calls=(\d+)/m.exec(stats)?.[1] ?? 0) };
};

const measure = async (redis, times, act) => {
  const before = await commands(redis);
  const took = [];
  for (let n = 0; n < times; n += 1) {
    const startedAt = performance.now();
    await act(n);
    took.push(performance.now() - startedAt);
  }
  const after = await commands(redis);
  took.sort((a, b) => a - b);
  return {
    p50: percentile(took, 0.5),
    p99: percentile(took, 0.99),
    trips: (after.scripts - before.scripts) / times,
    done: (after.done - before.done) / times,
  };
};

const row = (name, { p50, p99, trips, done }) =>
  say(
    `  ${name.padEnd(28)} ${p50.toFixed(2).padStart(8)} ${p99.toFixed(2).padStart(8)} ${trips.toFixed(1).padStart(10)} ${done.toFixed(1).padStart(12)}`,
  );

const withMembers = async (members) => {
  const redis = await startRedis();
  const brokers = Array.from({ length: WORKERS }, (_, n) =>
    createRedisBroker({ url: redis.url, workerId: `w${n}`, limits: DEFAULT_LIMITS }),
  );
  const nobody = {
    publication: () => {},
    resumed: () => {},
    told: () => {},
    clientTold: () => {},
    presenceChanged: () => {},
  };
  const facts = { color: 'blue', worker: '1', release: 'r', connections: 0, totals: {}, gauges: {} };
  const renew = () =>
    Promise.all(
      brokers.map((broker, n) =>
        broker.cluster.renew({ ...facts, workerId: `w${n}`, startedAt: new Date().toISOString() }),
      ),
    );
  for (const broker of brokers) await broker.start(nobody);
  await renew();
  const leases = setInterval(() => void renew(), 1_000);
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: members }, (_, n) =>
      brokers[n % WORKERS].presence.state(channel(Math.floor(n / WORKERS)), new Map([[`client-${n}`, 1]]), false),
    ),
  );
  say(
    `${members} members over ${CHANNELS} channels, ${WORKERS} workers; they came in ${(performance.now() - startedAt).toFixed(0)} ms`,
  );
  say(
    `  ${''.padEnd(28)} ${'p50 ms'.padStart(8)} ${'p99 ms'.padStart(8)} ${'scripts'.padStart(10)} ${'commands'.padStart(12)}`,
  );
  const ask = (limit) => (n) => brokers[n % WORKERS].presence.page(channel(n), { limit, after: undefined });
  row(`a query, ${PAGE} of them`, await measure(redis, QUERIES, ask(PAGE)));
  row('a query, 1,000 of them', await measure(redis, QUERIES / 4, ask(1_000)));
  const change = (connections) => (n) =>
    brokers[n % WORKERS].presence.state(channel(n), new Map([[`late-${n}`, connections]]), false);
  row('a join', await measure(redis, CHANGES, change(1)));
  row('a leave', await measure(redis, CHANGES, change(0)));
  clearInterval(leases);
  await Promise.all(brokers.map((broker) => broker.stop()));
  await redis.stop();
};

await withMembers(2_000);
await withMembers(20_000);
say(
  'Scripts are round trips to Redis; commands are what Redis did in all, those inside of scripts and the leases too.',
);
