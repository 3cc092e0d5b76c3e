import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { layoutOf } from '../../services/conductor/engines/local/layout.js';
import { Supervisor } from '../../services/conductor/engines/local/supervisor.js';
import { processesOf, titleOf } from '../../services/conductor/processes.js';
import { NOTHING_HAPPENED, RecoveringClient, unharmed } from './recovering-client.js';
import { checkout, ended, TestStack, type Environment } from './stack.js';

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

  const second = await stack.run(['up'], { JWT_SECERT: 'mistyped' });
  expect(second).toMatchObject({ code: 0 });
  const mistyped = 'JWT_SECERT is no setting and is not used; the nearest one is JWT_SECRET.';
  expect(second.output).toContain(`${mistyped}\n`);
  for (const words of [['doctor'], ['promote', 'blue']]) {
    expect((await stack.run(words, { JWT_SECERT: 'mistyped' })).output).toContain(mistyped);
  }
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

  await watched(stack);
  expect(await stack.run(['smoke'])).toMatchObject({ code: 0 });
  expect(await stack.run(['down'])).toMatchObject({ code: 0 });
  expect(processesOf(stack.runDir)).toEqual([]);
  expect((await stack.run(['down'])).output).toContain('The stack was down already.');
  await stack.close();
});

/** By `monitor`: as lines, as JSON, as a screen, and in vain. */
const watched = async (stack: TestStack): Promise<void> => {
  const [plain, json, wrong, screen] = await Promise.all([
    stack.run(['monitor', '1']),
    stack.run(['monitor', '1', '--json']),
    stack.run(['monitor', 'soon']),
    onTerminal(stack, 'monitor 1'),
  ]);
  expect(plain).toMatchObject({ code: 0, stderr: '' });
  expect(plain.stdout).toMatch(/^[\d:]{8} {2}blue active, 0 connections \(blue 0, green 0\), 2 of 2 workers ready\n/);
  expect(plain.stdout).toMatch(/CPU %: redis [\d.]+ {2}nginx [\d.]+ {2}blue [\d.]+ {2}green 0\.0/);
  expect(plain.stdout).toMatch(/\nSummary of 1 s:\n(?: {2}.*\n)+$/);
  const objects = json.stdout
    .trim()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
  expect(objects.map((object) => (object as { kind: string }).kind)).toEqual(['snapshot', 'snapshot', 'summary']);
  expect(objects[1]).toMatchObject({ active: 'blue', per_second: { accepted: 0 }, troubles: [], at_work: null });
  expect(wrong).toMatchObject({ code: 2, stdout: '' });
  expect(wrong.stderr).toContain('"soon" is no number of seconds');
  const [shown = '', after = ''] = screen.split('\u001B[?1049l');
  expect(shown).toContain('\u001B[?1049h');
  expect(shown).toMatch(/blue-2 +0 .* ready/);
  expect(after).toMatch(/^Summary of 1 s:/);
};

/** What a verb writes to a terminal (script(1) makes one). */
const onTerminal = async (stack: TestStack, verb: string): Promise<string> => {
  const command = `'${process.execPath}' '${checkout}/dist/services/conductor/main.js' ${verb}`;
  const child = spawn('script', ['-qec', command, '/dev/null'], { env: { ...stack.environment, TERM: 'xterm' } });
  return (await ended(child)).stdout;
};

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
  expect(output.trimEnd().split('\n').at(-1)).toMatch(
    /^blue-\d did not start: .*; it said: switchyard worker: LOG_LEVEL="nonsense": /,
  );
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

  const watching = await stack.run(['monitor', '0.1']);
  expect(watching).toMatchObject({ code: 0 });
  expect(watching.stdout).toMatch(/, 0 of 2 workers ready\n[^]*\n! Redis does not answer.*\n! nginx does not run\n/);

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
