// What metrics cost a worker: a scrape with thousands of open connections, and each message. Needs dist/ (`make
// bench-scrape` builds it) and redis-server.
//
// The worker runs in this process, its clients and whoever scrapes in another one; what a scrape takes of the worker's
// event loop is its busy time with scrapes less that without. Beyond CONNECTIONS the figure is a straight line through
// none and that many.
//
//   CONNECTIONS=9000 node bench/scrape.mjs
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { createApp } from '../dist/services/gateway/app.js';
import { DEFAULT_LIMITS } from '../dist/services/gateway/broker/broker.js';
import { createRedisBroker } from '../dist/services/gateway/broker/redis/redis-broker.js';
import { readConfig } from '../dist/services/gateway/config/config.js';
import { createLogger } from '../dist/services/gateway/observability/logger.js';
import { messageCosts } from './messages.mjs';
import { startRedis } from './redis.mjs';

const BOUND_MS = 20;
const WANTED = 10_000;
const SCRAPES = 100;
const WORKERS = 8;
const connections = Number(process.env['CONNECTIONS'] ?? 9_000);
if (!Number.isInteger(connections) || connections < 100 || connections > 15_000) {
  process.stderr.write(`CONNECTIONS=${process.env['CONNECTIONS']}: must be a whole number from 100 to 15000\n`);
  process.exit(2);
}

const say = (text) => process.stdout.write(`${text}\n`);
const ms = (value) => `${value.toFixed(value < 10 ? 2 : 1)} ms`;

const redis = await startRedis();
const brokerOf = (workerId) => createRedisBroker({ url: redis.url, workerId, limits: DEFAULT_LIMITS });
const identity = {
  color: 'blue',
  worker: '1',
  release: 'bench',
  workerId: 'blue-1',
  startedAt: new Date().toISOString(),
};
const broker = brokerOf(identity.workerId);
const app = await createApp({
  config: readConfig({
    PORT: '0',
    REDIS_URL: redis.url,
    GRACEFUL_SHUTDOWN_TIMEOUT: '4',
    DRAIN_GRACE: '0.1',
    RATE_LIMIT_TRUSTED: '127.0.0.0/8',
  }),
  identity,
  broker,
  logger: createLogger({ level: 'silent', service: 'bench', color: 'blue', worker: '1', release: 'bench' }),
  pages: fileURLToPath(new URL('../dist/services/dashboard', import.meta.url)),
});
const port = await app.start();

const clients = fork(fileURLToPath(new URL('clients.mjs', import.meta.url)), [String(port)]);
const ask = async (question) => {
  clients.send(question);
  const [answer] = await once(clients, 'message');
  return answer;
};

/** Busy time of this event loop in a second of its own and while the other process scrapes, ms. */
const busyWhile = async (work) => {
  const before = performance.eventLoopUtilization();
  const startedAt = performance.now();
  const answer = await work();
  return {
    answer,
    busy: performance.eventLoopUtilization(before).active,
    took: performance.now() - startedAt,
  };
};
const costOf = async (scope) => {
  await ask({ verb: 'scrape', scope, times: 20 });
  const quiet = await busyWhile(() => new Promise((resolve) => setTimeout(resolve, 2_000)));
  const scraped = await busyWhile(() => ask({ verb: 'scrape', scope, times: SCRAPES }));
  const cost = (scraped.busy - (quiet.busy / quiet.took) * scraped.took) / SCRAPES;
  return { cost, bytes: scraped.answer.bytes };
};
/** The other workers of a cluster, as far as their leases go. */
const pretendOthers = async () => {
  const { workers } = await broker.cluster.view();
  const [lease] = workers;
  for (let n = 2; n <= WORKERS; n += 1) {
    await broker.cluster.renew({ ...lease, workerId: `blue-${n}`, worker: String(n), connections: 0 });
  }
  return JSON.stringify(lease).length;
};

const [processor] = cpus();
say(`Machine: ${cpus().length} × ${processor.model}, Node ${process.version}`);
const empty = { worker: await costOf('worker') };
await ask({ verb: 'connect', connections });
const full = { worker: await costOf('worker') };
const leaseBytes = await pretendOthers();
const keeping = setInterval(() => void pretendOthers(), 1_000);
const cluster = await costOf('cluster');
clearInterval(keeping);

const perConnection = Math.max(0, full.worker.cost - empty.worker.cost) / connections;
const wanted = empty.worker.cost + perConnection * WANTED;
say(`\nA scrape of /metrics/, of the worker's event loop (mean of ${SCRAPES}):`);
say(`  no connections              ${ms(empty.worker.cost)}`);
say(`  ${String(connections).padEnd(6)} connections          ${ms(full.worker.cost)}   ${full.worker.bytes} bytes`);
say(`  ${WANTED} connections          ${ms(wanted)}   by a straight line; bound ${BOUND_MS} ms`);
say(`  scope=cluster, ${WORKERS} workers    ${ms(cluster.cost)}   ${cluster.bytes} bytes`);
say(`  a lease in Redis            ${leaseBytes} bytes, once a second`);
say('\nA message, of the CPU:');
for (const [what, ns] of messageCosts()) say(`  ${what.padEnd(44)}${ns.toFixed(0).padStart(6)} ns`);

clients.kill();
await app.stop();
await redis.stop();
if (wanted > BOUND_MS || cluster.cost > BOUND_MS) {
  process.stderr.write(`bench-scrape: over the bound of ${BOUND_MS} ms\n`);
  process.exit(1);
}
process.exit(0);
