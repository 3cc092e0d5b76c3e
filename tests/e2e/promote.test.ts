import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { retiringGenerations } from '../../services/conductor/processes.js';
import { NOTHING_HAPPENED, RecoveringClient, unharmed } from './recovering-client.js';
import { copyOfDist, SABOTAGE } from './sabotage.js';
import { ended, fellShort, TestStack, type Environment } from './stack.js';

let stack: TestStack;
beforeAll(async () => {
  stack = await TestStack.up();
});
afterAll(() => stack.close());

const activeRelease = async (): Promise<string | undefined> =>
  (await stack.status()).colors.find(({ active }) => active)?.release;

/** Starts a verb and waits until it says something. */
const startUntil = async (words: readonly string[], said: RegExp, settings: Environment = {}) => {
  const child = stack.start(words, settings);
  const end = ended(child);
  let output = '';
  child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  while (!said.test(output)) {
    if (child.stdout === null || child.stdout.readableEnded) throw new Error(`it never said ${said}: ${output}`);
    await Promise.race([once(child.stdout, 'data'), once(child.stdout, 'end')]);
  }
  return { child, end };
};

test('promote moves everybody over, and back again, without losing a message (deploys)', async () => {
  const clients = await Promise.all(
    Array.from({ length: 10 }, () => RecoveringClient.connect(stack.socketUrl, 'promote')),
  );
  const [speaker] = clients;
  const say = async (id: string): Promise<void> => {
    const next = (speaker?.lastOffset ?? 0) + 1;
    speaker?.publish(id, id);
    await Promise.all(clients.map((client) => client.when(() => client.lastOffset === next)));
  };
  await say('before');
  for (const to of ['green', 'blue']) {
    const result = await stack.promote();
    expect(result).toMatchObject({ outcome: 'done', active: to, deploys: [{ moved: 10 }] });
    expect(fellShort(result)).toEqual([]);
    await Promise.all(clients.map((client) => client.when(() => client.colors.at(-1) === to)));
    await say(`on ${to}`);
  }
  expect(clients.map(unharmed)).toEqual(clients.map(() => NOTHING_HAPPENED));
  expect(clients.map(({ closeCodes }) => closeCodes)).toEqual(clients.map(() => [1012, 1012]));
  for (const client of clients) client.end();
  expect(retiringGenerations(stack.runDir)).toEqual([]);
});

test('a promote to the active color changes nothing; forced, it goes through the other one and back', async () => {
  const before = await activeRelease();
  const plain = await stack.run(['promote', 'blue']);
  expect(plain).toMatchObject({ code: 0 });
  expect(plain.output).toContain('blue is active already: nothing changed');
  expect(await activeRelease()).toBe(before);

  const forced = await stack.promote(['blue'], { FORCE: '1' });
  expect(forced).toMatchObject({ outcome: 'done', active: 'blue' });
  expect(forced.deploys.map(({ from, to }) => `${from} → ${to}`)).toEqual(['blue → green', 'green → blue']);
  expect(await activeRelease()).not.toBe(before);
});

test('a release is immutable: its build may vanish, a killed worker comes back with the same version', async () => {
  const source = copyOfDist();
  await stack.promote(['--source', source]);
  const release = await activeRelease();
  rmSync(source, { recursive: true });
  const [worker] = (await stack.status()).colors.find(({ active }) => active)?.workers ?? [];
  if (worker?.pid === undefined) throw new Error('no worker runs');
  process.kill(worker.pid, 'SIGKILL');
  await expect
    .poll(async () => (await fetch(`${worker.url}/version`).catch(() => undefined))?.json(), { timeout: 10_000 })
    .toMatchObject({ release, worker: '1', pid: expect.not.toSatisfy((pid) => pid === worker.pid) as unknown });
});

test('rollback goes back to the previous release, and again forward', async () => {
  await stack.promote();
  const [first, second] = [await stack.promote(), await stack.promote()].map(({ deploys }) => deploys[0]?.release);
  expect(await activeRelease()).toBe(second);
  expect(await stack.run(['rollback'])).toMatchObject({ code: 0 });
  expect(await activeRelease()).toBe(first);
  expect(await stack.run(['rollback'])).toMatchObject({ code: 0 });
  expect(await activeRelease()).toBe(second);
});

test('a second promote is refused with who holds the lock; the lock of a dead process is taken over', async () => {
  const first = await startUntil(['promote', '--source', SABOTAGE.slowToStart()], /start (?:blue|green)/);
  const second = await stack.run(['promote']);
  expect(second.code).toBe(3);
  expect(second.output).toMatch(new RegExp(`"promote" is at work on this stack \\(pid ${first.child.pid}, since 20`));

  first.child.kill('SIGKILL');
  await first.end;
  expect(readFileSync(join(stack.runDir, 'lock'), 'utf8')).toContain(String(first.child.pid));
  expect(await stack.promote()).toMatchObject({ outcome: 'done' });
});

test.each(['SIGINT', 'SIGTERM'] as const)('%s in the middle of a promote undoes it', async (signal) => {
  const before = await stack.status();
  const promote = await startUntil(['promote', '--source', SABOTAGE.slowToStart()], /start (?:blue|green)/);
  promote.child.kill(signal);
  const { code, output } = await promote.end;
  expect(code).toBe(1);
  expect(output).toContain(`interrupted by ${signal}`);
  expect(output).toContain('Everything was undone');
  const after = await stack.status();
  expect(after.active).toBe(before.active);
  expect(after.colors.map(({ workers }) => workers.map(({ pid }) => pid))).toEqual(
    before.colors.map(({ workers }) => workers.map(({ pid }) => pid)),
  );
});

test('an interrupt after the switch brings everybody back to the old color', async () => {
  const active = (await stack.status()).active;
  const client = await RecoveringClient.connect(stack.socketUrl, 'interrupted');
  const others = await Promise.all(
    Array.from({ length: 5 }, () => RecoveringClient.connect(stack.socketUrl, 'interrupted')),
  );
  const promote = await startUntil(['promote'], /connections moved/);
  promote.child.kill('SIGINT');
  const { code, output } = await promote.end;
  expect(code, output).toBe(1);
  expect(output).toContain('Everything was undone');
  expect((await stack.status()).active).toBe(active);
  client.publish('back', 'back');
  await Promise.all([client, ...others].map((each) => each.when(() => each.lastOffset === 1)));
  expect(unharmed(client)).toEqual(NOTHING_HAPPENED);
  for (const each of [client, ...others]) each.end();
});

test('a promote that is killed in its move: the next one goes on from there, and knows what ran', async () => {
  const clients = await Promise.all(
    Array.from({ length: 5 }, () => RecoveringClient.connect(stack.socketUrl, 'killed-promote')),
  );
  const killed = await startUntil(['promote'], /connections moved/);
  killed.child.kill('SIGKILL');
  await killed.end;
  const between = await stack.status();
  const ran = between.colors.find(({ active }) => active)?.release;

  const next = await stack.promote();
  expect(next, JSON.stringify(next)).toMatchObject({
    outcome: 'done',
    active: between.active === 'blue' ? 'green' : 'blue',
  });
  clients[0]?.publish('after', 'after');
  await Promise.all(clients.map((client) => client.when(() => client.lastOffset === 1)));
  expect(clients.map(unharmed)).toEqual(clients.map(() => NOTHING_HAPPENED));
  for (const client of clients) client.end();

  expect(await stack.run(['rollback'])).toMatchObject({ code: 0 });
  expect(await activeRelease()).toBe(ran);
});

test('a promote that is killed while it watches: a rollback goes back to what was active before', async () => {
  const before = await activeRelease();
  const killed = await startUntil(['promote'], /seconds watched/, { BAKE_SECONDS: '20' });
  killed.child.kill('SIGKILL');
  await killed.end;
  expect(await activeRelease()).not.toBe(before);
  const { code, output } = await stack.run(['status']);
  expect(code, output).toBe(1);
  expect(output).toMatch(
    /Not well: a deploy was not finished: (?:blue is active, green|green is active, blue) still runs/,
  );
  expect(await stack.run(['rollback'])).toMatchObject({ code: 0 });
  expect(await activeRelease()).toBe(before);
});
