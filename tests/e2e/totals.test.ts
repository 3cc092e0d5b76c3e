import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { PlainClient, Tally } from './plain-client.js';
import { TestStack } from './stack.js';
import { StreamWatcher } from './stream-watcher.js';

const CLIENTS = 40;
/** A killed worker takes with it what it had not written: its lease is a second old at most, and a write takes its time. */
const UNWRITTEN_MS = 1_250;

const Stats = z.object({
  global_stats: z.object({
    total_connections: z.number(),
    active_connections: z.number(),
    messages_received: z.number(),
    messages_sent: z.number(),
  }),
});

let stack: TestStack;
let tally: Tally;
let clients: PlainClient[];
let watcher: StreamWatcher;
/** Totals that fell, whoever of the workers showed them. */
let falls: string[];
/** Lines so far: no two are the same. */
let said: number;
let shown: Record<string, number>;

beforeEach(async () => {
  stack = await TestStack.up();
  tally = new Tally();
  [falls, said, shown] = [[], 0, {}];
  clients = Array.from({ length: CLIENTS }, (_, n) => new PlainClient(stack.socketUrl, `c${n}`, tally));
  watcher = watchStream();
  await Promise.all(clients.map((client) => client.when(() => client.isOpen)));
});
afterEach(async () => {
  await watcher.end();
  await Promise.all(clients.map((client) => client.end()));
  await stack.close();
});

const watchStream = (): StreamWatcher =>
  new StreamWatcher(`ws://127.0.0.1:${stack.ports.stream}/ws/metrics`, tally, note);

const note = (totals: Readonly<Record<string, number>>): void => {
  for (const [name, value] of Object.entries(totals)) {
    const before = shown[name] ?? 0;
    if (value < before) falls.push(`${name}: ${before} → ${value}`);
    shown[name] = value;
  }
};

const ask = async () => {
  const { global_stats: stats } = Stats.parse(JSON.parse(await tally.get(`${stack.url}/ws-stats`)));
  const { active_connections: _active, ...totals } = stats;
  note(totals);
  return totals;
};

/** By how much the clients counted more than the cluster. */
type Missing = Readonly<{ opened: number; sent: number; received: number }>;
const NOTHING: Missing = { opened: 0, sent: 0, received: 0 };

const missing = async (): Promise<Missing> => {
  const totals = await ask();
  return {
    opened: tally.count('opened') - totals.total_connections,
    sent: tally.count('sent') - totals.messages_received,
    received: tally.count('received') - totals.messages_sent,
  };
};

/** A Snapshot's own handshake is in it; requests that another worker answered in the last second need not be yet. */
const missingRequests = async (): Promise<Readonly<{ requests: number; failed: number }>> => {
  const snapshot = await watcher.next();
  const requests = tally.count('succeeded') + tally.count('failed');
  return { requests: requests - snapshot.requests_total, failed: tally.count('failed') - snapshot.requests_error };
};
const EACH_LEASE = { interval: 1_100, timeout: 15_000 };

/** Says things through all clients, and asks for totals, until `work` is done. */
const during = async <T>(work: () => Promise<T>): Promise<T> => {
  const over = new AbortController();
  const talk = async (): Promise<void> => {
    for (; !over.signal.aborted; said += 1) await clients[said % CLIENTS]?.say(`${said}`);
  };
  const poll = async (): Promise<void> => {
    while (!over.signal.aborted) await ask();
  };
  const busy = Promise.all([talk(), poll()]);
  const result = await work().finally(() => over.abort());
  await busy;
  return result;
};

/** Gives the moment of the kill, ms. */
const killWorker = async (): Promise<number> => {
  const active = (await stack.status()).colors.find((color) => color.active);
  const victim = active?.workers[0]?.pid;
  if (victim === undefined) throw new Error('no worker runs');
  process.kill(victim, 'SIGKILL');
  const killedAt = Date.now();
  // It is up again, with connections of its own.
  await expect
    .poll(async () => (await stack.status()).colors.flatMap(({ workers }) => workers.map(({ pid }) => pid)))
    .not.toContain(victim);
  return killedAt;
};

test('[stats-1] [metrics-3] totals only rise, and are what the clients counted, through a promote and a rollback', async () => {
  for (let n = 0; n < 5; n += 1) await tally.get(`${stack.url}/nothing/here`);
  for (const verb of ['promote', 'rollback'] as const) {
    const { code, output } = await during(() => stack.run([verb]));
    expect(code, output).toBe(0);
    // A stream goes on sending, always one event ahead of its worker's lease: it is compared while there is none.
    await watcher.end();
    await expect.poll(missing).toEqual(NOTHING);
    watcher = watchStream();
    await expect.poll(missingRequests, EACH_LEASE).toEqual({ requests: 0, failed: 0 });
  }
  expect(tally.count('failed')).toBe(5);
  expect(falls).toEqual([]);
});

test('[metrics-7] a worker killed with -9 takes at most its last second with it, and no total falls', async () => {
  let killedAt = 0;
  await during(async () => {
    await expect.poll(() => tally.count('sent')).toBeGreaterThan(2 * CLIENTS);
    killedAt = await killWorker();
    // Until its lease is over, and some more.
    await expect.poll(() => Date.now() - killedAt, { timeout: 10_000 }).toBeGreaterThan(6_000);
  });
  // A stream goes on sending, and of another worker the last second is not known yet: nothing could be compared.
  await watcher.end();
  const lost = await settledMissing();
  for (const what of ['opened', 'sent', 'received'] as const) {
    const unwritten = tally.since(what, killedAt - UNWRITTEN_MS) - tally.since(what, killedAt);
    expect(lost[what], what).toBeLessThanOrEqual(unwritten);
    // What was counted may have been on its way when the worker died: a line for each client at most.
    expect(lost[what], what).toBeGreaterThanOrEqual(what === 'received' ? -CLIENTS : 0);
  }
  // From there on nothing more is lost.
  const { code, output } = await during(() => stack.run(['promote']));
  expect(code, output).toBe(0);
  await expect.poll(missing).toEqual(lost);
  expect(falls).toEqual([]);
});

test('[close-1012] [metrics-3] clients that never stop talking are told of a promote, and get all that was sent to them', async () => {
  await watcher.end();
  let lines = 0;
  const talk = setInterval(() => {
    for (let n = 0; n < 200; n += 1) clients[n % CLIENTS]?.blurt(`${(lines += 1)}`);
  }, 40);
  const { code, output } = await stack.run(['promote']).finally(() => clearInterval(talk));
  expect(code, output).toBe(0);
  await expect.poll(() => clients.map(({ closeCodes }) => closeCodes)).toEqual(clients.map(() => [1012]));
  // What they said as they were closed nobody took, and nobody answered: it is not compared.
  const { opened, received } = NOTHING;
  await expect.poll(missing).toMatchObject({ opened, received });
});

/** What is missing when nothing changes any more: the same for longer than the leases need to tell everything. */
const settledMissing = async (): Promise<Missing> => {
  let [last, since] = [await missing(), Date.now()];
  const steadyMs = async (): Promise<number> => {
    const now = await missing();
    if (JSON.stringify(now) !== JSON.stringify(last)) [last, since] = [now, Date.now()];
    return Date.now() - since;
  };
  await expect.poll(steadyMs).toBeGreaterThan(2 * UNWRITTEN_MS);
  return last;
};
