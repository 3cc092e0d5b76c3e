import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { Publisher } from './publisher.js';
import { RecoveringClient } from './recovering-client.js';
import { SABOTAGE } from './sabotage.js';
import { checkout, TestStack } from './stack.js';

const CLIENTS = 40;
/** Publications of 20 a second in each: with more, a preflight wants a longer history. */
const CHANNELS = Array.from({ length: 5 }, (_, n) => `bake:${n}`);

let stack: TestStack;
let clients: RecoveringClient[];
let publishers: Publisher[];
beforeAll(async () => {
  stack = await TestStack.up({ BAKE_SECONDS: '5' });
});
afterAll(() => stack.close());
beforeEach(async () => {
  clients = await Promise.all(
    Array.from({ length: CLIENTS }, (_, n) =>
      RecoveringClient.connect(stack.socketUrl, CHANNELS[n % CHANNELS.length] ?? ''),
    ),
  );
  publishers = Array.from({ length: 5 }, (_, n) => new Publisher(stack.socketUrl, `publisher-${n}`));
  for (const publisher of publishers) publisher.start(CHANNELS, 20);
});
afterEach(async () => {
  await Promise.all(publishers.map((publisher) => publisher.finish()));
  for (const client of clients) client.end();
});

const releases: readonly Readonly<{ name: string; source: () => string; cause: RegExp; loses: boolean }>[] = [
  {
    name: 'fails one publish in twenty',
    source: SABOTAGE.failsPublishes,
    cause: /failed publishes on (the probes|green-\d): \d+ of \d+, more than 1 %/,
    loses: false,
  },
  {
    name: 'stands still for 300 ms each second',
    source: SABOTAGE.stalls,
    cause: /event-loop lag p99 on green-\d: \d+ ms, more than 250 ms, in 4 of the last 10 looks/,
    loses: false,
  },
  {
    name: 'knows no session',
    source: SABOTAGE.dropsResumes,
    cause: /failed resumes on (the probes|green-\d): \d+ of \d+, more than 20 %/,
    // Who was moved there has lost its session.
    loses: true,
  },
  {
    name: 'takes nobody in',
    source: SABOTAGE.turnsAway,
    cause:
      /clients turned away for their token, beyond what the color before turned away, on green: \d+ of \d+, more than 5 %/,
    loses: false,
  },
];

const connectionsByColor = async (): Promise<readonly number[]> =>
  (await stack.status()).colors.map(({ workers }) =>
    workers.reduce((sum, { connections = 0 }) => sum + connections, 0),
  );

test.each(releases)('a release that $name is rolled back, with every connection', async ({ source, cause, loses }) => {
  const before = await stack.status();
  const { code, output } = await stack.run(['promote', '--source', source()], { LOG_LEVEL: 'warn' });
  expect(code, output).toBe(1);
  expect(output).toMatch(cause);
  expect(output).toContain('Settings of workers change: LOG_LEVEL (new).');
  expect(output).toContain('Everything was undone: blue is active as before.');
  expect(readFileSync(join(stack.runDir, 'settings.json'), 'utf8')).not.toContain('LOG_LEVEL');

  await expect.poll(connectionsByColor).toEqual([CLIENTS + publishers.length, 0]);
  const after = await stack.status();
  expect(after).toMatchObject({ active: 'blue' });
  expect(after.colors.map(({ workers }) => workers.map(({ pid }) => pid))).toEqual([
    before.colors[0]?.workers.map(({ pid }) => pid),
    [],
  ]);
  expect(clients.map(({ colors }) => colors.at(-1))).toEqual(clients.map(() => 'blue'));
  for (const { lost, duplicated, outOfOrder } of loses ? [] : clients) {
    expect({ lost, duplicated, outOfOrder }).toEqual({ lost: 0, duplicated: 0, outOfOrder: 0 });
  }
});

test('a release that falls ill after its bake can be left, by a rollback', async () => {
  const start = (await stack.status()).active;
  const ill = join(stack.runDir, 'ill');
  expect(await stack.promote(['--source', SABOTAGE.failsPublishesLater()])).toMatchObject({ outcome: 'done' });
  writeFileSync(ill, '');
  const { code, output } = await stack.run(['rollback']);
  rmSync(ill);
  expect(code, output).toBe(0);
  await expect.poll(connectionsByColor).toEqual([CLIENTS + publishers.length, 0]);
  expect((await stack.status()).active).toBe(start);
});

test('a dead active color can be left, by a rollback', async () => {
  expect(await stack.promote([], { BAKE_SECONDS: '0' })).toMatchObject({ outcome: 'done', active: 'green' });
  const ill = (await stack.status()).colors.find(({ active }) => active);
  const release = join(stack.runDir, 'releases', ill?.release ?? '', 'dist/services/gateway/main.js');
  writeFileSync(release, 'process.exit(1);');
  for (const { pid } of ill?.workers ?? []) if (pid !== undefined) process.kill(pid, 'SIGKILL');
  const { code, output } = await stack.run(['rollback'], { BAKE_SECONDS: '0' });
  expect(code, output).toBe(0);
  await expect.poll(connectionsByColor).toEqual([CLIENTS + publishers.length, 0]);
});

test('a move pauses while the new color is in trouble, says why, and goes on', async () => {
  const thresholds = JSON.parse(readFileSync(join(checkout, 'infra/thresholds.json'), 'utf8')) as { bake: object };
  const file = join(stack.runDir, 'thresholds.json');
  writeFileSync(file, JSON.stringify({ ...thresholds, bake: { ...thresholds.bake, event_loop_lag_ms: 60_000 } }));
  const settings = { THRESHOLDS: file, DRAIN_RATE: '200', BAKE_SECONDS: '0' };
  const { code, output } = await stack.run(['promote', '--source', SABOTAGE.stalls()], settings);
  expect(code, output).toBe(0);
  expect(output).toMatch(
    /connections moved: \d+ of 45, \d+\/s, paused: event-loop lag p99 on green-\d: \d+ ms, more than 50 ms/,
  );
  // It went on in between: none had to wait for the end of the trouble.
  await expect.poll(connectionsByColor).toEqual([0, CLIENTS + publishers.length]);
});
