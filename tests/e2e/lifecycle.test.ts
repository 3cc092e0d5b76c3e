import { once } from 'node:events';
import { existsSync, mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { layoutOf } from '../../services/conductor/engines/local/layout.js';
import { Supervisor } from '../../services/conductor/engines/local/supervisor.js';
import { processesOf, titleOf } from '../../services/conductor/processes.js';
import { NOTHING_HAPPENED, RecoveringClient, unharmed } from './recovering-client.js';
import { checkout, TestStack, type Environment } from './stack.js';

const upForTest = async (settings: Environment = {}): Promise<TestStack> => {
  const stack = await TestStack.up(settings);
  onTestFinished(() => stack.close());
  return stack;
};

test('up, a second up that does nothing, down, a second down that does nothing', async () => {
  const stack = await TestStack.prepare();
  const first = await stack.run(['up']);
  expect(first).toMatchObject({ code: 0 });
  expect(first.output).toContain(`npx wscat -c ws://localhost:${stack.ports.http}/ws/chat/`);
  const before = processesOf(stack.runDir);

  const second = await stack.run(['up']);
  expect(second).toMatchObject({ code: 0 });
  expect(second.output).toContain('Already up, nothing to do (blue is active)');
  expect(processesOf(stack.runDir)).toEqual(before);
  expect(await stack.run(['status'])).toMatchObject({ code: 0 });

  const [health, readiness, metrics, page] = await Promise.all(
    [`${stack.url}/healthz/`, `${stack.url}/readyz/`, stack.metricsUrl, `${stack.url}/`].map((url) => fetch(url)),
  );
  expect([health?.status, readiness?.status, metrics?.status, page?.status]).toEqual([200, 200, 200, 200]);
  expect(await metrics?.text()).toContain('# TYPE websocket_active_connections gauge');
  const [inside, control] = await Promise.all(
    ['/metrics/', '/control/status'].map(async (path) => (await fetch(`${stack.url}${path}`)).status),
  );
  expect([inside, control]).toEqual([404, 404]);

  expect(await stack.run(['smoke'])).toMatchObject({ code: 0 });
  expect(await stack.run(['down'])).toMatchObject({ code: 0 });
  expect(processesOf(stack.runDir)).toEqual([]);
  expect((await stack.run(['down'])).output).toContain('The stack was down already.');
  await stack.close();
});

test('a port that somebody else has: who, and the two ways out; nothing half-started stays', async () => {
  const stack = await TestStack.prepare();
  const server = createServer().listen(stack.ports.blue + 2, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { code, output } = await stack.run(['up']);
  expect(code).toBe(1);
  expect(output).toContain(`port ${stack.ports.blue + 2} for blue worker 2 is taken by pid ${process.pid}`);
  expect(output).toContain(`kill ${process.pid}`);
  expect(output).toContain('BLUE_PORT_BASE=');
  await stack.close();
});

test('a build that does not start leaves nothing behind', async () => {
  const stack = await TestStack.prepare({ READY_TIMEOUT: '5', LOG_LEVEL: 'nonsense' });
  const { code, output } = await stack.run(['up']);
  expect(code).toBe(1);
  expect(output).toMatch(/blue-\d did not start/);
  expect(output).toContain('LOG_LEVEL="nonsense"');
  expect(processesOf(stack.runDir)).toEqual([]);
  await stack.close();
});

test('workers, Redis and nginx that were given up: status names them, and up brings them back', async () => {
  const stack = await upForTest();
  const { release } = (await stack.status()).colors[0] ?? {};
  const supervisor = new Supervisor(layoutOf(checkout, stack.runDir).socket);
  await supervisor.stop('blue:blue-2', 10_000);
  const half = await stack.run(['status']);
  expect(half).toMatchObject({ code: 1 });
  expect(half.output).toContain('blue   1 of 2 ready');
  expect(half.output).toMatch(/Not well: blue-2 stopped: .*\n"make dev-up" starts again what has ended/);
  for (const program of ['blue:blue-1', 'nginx', 'redis']) await supervisor.stop(program, 10_000);
  expect(await stack.status()).toMatchObject({
    well: false,
    troubles: [
      expect.stringMatching(/^Redis does not answer/),
      'nginx does not run',
      expect.stringMatching(/^blue-1 stopped/),
      expect.stringMatching(/^blue-2 stopped/),
      expect.stringContaining('does not answer'),
    ],
    colors: [{ release }, {}],
  });

  const again = await stack.run(['up']);
  expect(again).toMatchObject({ code: 0 });
  expect(again.output).toContain('Started again: nginx and redis.');
  expect(again.output).toContain('start blue-1, blue-2 again');
  expect(again.output).toContain('Up again: blue is active and serves.');
  expect(await stack.run(['smoke'])).toMatchObject({ code: 0 });
  expect(await stack.status()).toMatchObject({ well: true, colors: [{ release }, {}] });
});

test('two stacks live side by side, and one going down leaves the other alone', async () => {
  const [one, two] = await Promise.all([upForTest({ WORKERS: '1' }), upForTest({ WORKERS: '1' })]);
  expect(await one.promote()).toMatchObject({ outcome: 'done', active: 'green' });
  expect((await two.status()).active).toBe('blue');
  await one.run(['down']);
  expect(await two.run(['smoke'])).toMatchObject({ code: 0 });
});

test('a run directory whose socket path is too long for a unix socket', async () => {
  const place = await TestStack.prepare();
  const runDir = join(place.runDir, 'x'.repeat(60), 'y'.repeat(40));
  mkdirSync(runDir, { recursive: true });
  expect(await place.run(['up'], { RUN_DIR: runDir })).toMatchObject({ code: 0 });
  expect(await place.run(['status'], { RUN_DIR: runDir })).toMatchObject({ code: 0 });
  expect(await place.run(['down'], { RUN_DIR: runDir })).toMatchObject({ code: 0 });
  expect(processesOf(runDir)).toEqual([]);
  expect(existsSync(dirname(layoutOf(checkout, runDir).socket))).toBe(false);
  await place.close();
});

test('a worker that is killed is started again, and its clients recover elsewhere', async () => {
  const stack = await upForTest();
  const clients = await Promise.all(
    Array.from({ length: 6 }, () => RecoveringClient.connect(stack.socketUrl, 'killed')),
  );
  const [worker] = (await stack.status()).colors[0]?.workers ?? [];
  if (worker?.pid === undefined) throw new Error('no worker runs');
  process.kill(worker.pid, 'SIGKILL');
  await Promise.any(clients.map((client) => client.when(() => client.closeCodes.length > 0)));
  const survivor = clients.find((client) => client.closeCodes.length === 0);
  survivor?.publish('after', 'after');
  await Promise.all(clients.map((client) => client.when(() => client.lastOffset === 1)));
  expect(clients.map(unharmed)).toEqual(clients.map(() => NOTHING_HAPPENED));
  await expect.poll(async () => (await fetch(`${worker.url}/readyz/`).catch(() => undefined))?.status).toBe(200);
  for (const client of clients) client.end();
});

test('nginx killed with -9: the open WebSocket lives on, and the port serves again', async () => {
  const stack = await upForTest();
  const client = await RecoveringClient.connect(stack.socketUrl, 'nginx-killed');
  const master = (await stack.status()).nginx_pid;
  if (master === undefined) throw new Error('nginx does not run');
  process.kill(master, 'SIGKILL');
  await expect.poll(async () => (await stack.status()).nginx_pid, { timeout: 10_000 }).not.toBe(master);
  await expect
    .poll(async () => (await fetch(`${stack.url}/healthz/`).catch(() => undefined))?.status, { timeout: 10_000 })
    .toBe(200);
  client.publish('still here', 'still-here');
  await client.when(() => client.lastOffset === 1);
  expect(client.closeCodes).toEqual([]);
  // What serves now is a new master's; the orphan only carries the old connection, and ends with it.
  const orphans = () => processesOf(stack.runDir).filter((pid) => titleOf(pid).includes('is shutting down'));
  await expect.poll(() => orphans().length, { timeout: 10_000 }).toBeGreaterThan(0);
  await expect.poll(async () => (await fetch(`${stack.url}/healthz/`).catch(() => undefined))?.status).toBe(200);
  client.end();
  await expect.poll(orphans, { timeout: 10_000 }).toEqual([]);
});
