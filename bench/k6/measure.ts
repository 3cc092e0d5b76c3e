import { join } from 'node:path';
import { choosePorts } from '../../chaos/private-ports.js';
import type { K6 } from '../../loadtest/runner/k6.js';
import type { Outcome } from '../../loadtest/runner/outcome.js';
import { run } from '../../loadtest/runner/run.js';
import type { Scenario } from '../../loadtest/runner/plan.js';
import { startFront } from '../front.js';
import type { Lab } from '../macro/lab.js';
import { root } from '../macro/places.js';
import type { ServerKind } from '../macro/server.js';
import type { K6BenchConfig } from './config.js';

const WORKERS = 2;
/** Nobody can leave and come back to a server that keeps no session. */
const SCENARIOS: readonly Scenario[] = ['storm', 'chat', 'fan_out'];
/** Nothing ends a run for being slow: that is what is measured. */
const ANY_P95 = 60_000;

/** `serverCpu`: seconds of the workers. */
export type Loaded = Readonly<{ outcome: Outcome; serverCpu: number }>;

/** The users of the load test on two workers behind nginx, on processes of their own. @throws {Error} when k6 does not run to its end */
export const load = async (
  lab: Lab,
  kind: Exclude<ServerKind, 'uws-raw'>,
  k6: K6,
  folder: string,
  { sockets, rate, seconds, environment }: K6BenchConfig,
  signal: AbortSignal,
): Promise<Loaded> => {
  const ports = await choosePorts();
  const redis = await lab.redis();
  const servers = [];
  for (let number = 1; number <= WORKERS; number += 1) {
    servers.push(await lab.server(kind, redis, number, { PORT: String(ports.blue + number), FOR_USERS: '1' }));
  }
  const front = await startFront(ports, WORKERS);
  try {
    const users = { sockets, rate, seconds, scenarios: SCENARIOS, host: front.url, hasLog: kind === 'ours' };
    const settings = { ...users, p95Ms: ANY_P95, promote: false, reports: folder };
    const promote: [string] = ['false'];
    const place = { k6, scripts: join(root, 'loadtest/k6'), folder, environment, promote };
    const cluster = { kind, servers, redis };
    const { result, serverCpu } = await lab.measure(cluster, () => run(front.url, settings, place, () => {}, signal));
    return { outcome: result.outcome, serverCpu };
  } finally {
    await front.stop();
    await lab.clear();
  }
};
