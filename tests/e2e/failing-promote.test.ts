import { afterAll, beforeAll, expect, test } from 'vitest';
import { retiringGenerations } from '../../services/conductor/processes.js';
import { NOTHING_HAPPENED, RecoveringClient, unharmed } from './recovering-client.js';
import { SABOTAGE } from './sabotage.js';
import { ended, TestStack, type Environment } from './stack.js';

let stack: TestStack;
let client: RecoveringClient;

beforeAll(async () => {
  stack = await TestStack.up();
  client = await RecoveringClient.connect(stack.socketUrl, 'failing-promote');
});
afterAll(async () => {
  client.end();
  await stack.close();
});

const failures: readonly Readonly<{
  name: string;
  source: () => string;
  step: string;
  cause: RegExp;
  log: RegExp;
  settings?: Environment;
}>[] = [
  {
    name: 'won’t start',
    source: SABOTAGE.wontStart,
    step: 'ready',
    cause: /green-\d did not start: it exited with status 3|Exited too quickly/,
    log: /sabotage: this release does not start/,
  },
  {
    name: 'starts but is never ready',
    source: SABOTAGE.neverReady,
    step: 'ready',
    cause: /not ready within 6 s \(READY_TIMEOUT\): green-1: redis/,
    log: /(?:INFO|WARN|ERROR) +green-1 .*\n.*all of it: .*logs\/green-1\.log/,
    settings: { READY_TIMEOUT: '6' },
  },
  {
    name: 'is ready but fails its smoke test',
    source: SABOTAGE.failsSmoke,
    step: 'smoke',
    cause: /smoke test of green-1: message: offset is 2, not 1/,
    log: /(?:INFO|WARN|ERROR) +green-1 .*\n.*all of it: .*logs\/green-1\.log/,
  },
  {
    name: 'fails after the switch',
    source: SABOTAGE.failsAfterSwitch,
    step: 'verify',
    cause: /green-\d broke down after the switch/,
    log: /sabotage: this release breaks down under traffic/,
  },
];

test.each(failures)('a release that $name is undone, and nobody notices', async (failure) => {
  const before = await stack.status();
  const sockets = client.closeCodes.length;
  const lastOffset = client.lastOffset;
  const newcomers = startNewcomers();

  const promote = ended(stack.start(['promote', '--source', failure.source()], failure.settings));
  const { code, output } = await promote;
  const refused = await newcomers.stop();

  expect(code, output).toBe(1);
  expect(output).toContain(`Failed in "${failure.step}"`);
  expect(output).toMatch(failure.cause);
  expect(output).toMatch(failure.log);
  expect(output.trimEnd().split('\n').slice(-2)).toEqual([
    'Everything was undone: blue is active as before.',
    'Mend what is named, then "make promote" again.',
  ]);

  const after = await stack.status();
  expect(after.active).toBe('blue');
  expect(after.colors[0]).toEqual({ ...before.colors[0], workers: expect.any(Array) as unknown });
  expect(after.colors[0]?.workers.map(({ pid }) => pid)).toEqual(before.colors[0]?.workers.map(({ pid }) => pid));
  expect(after.colors[1]?.workers).toEqual([]);
  expect(refused).toBe(0);

  client.publish('still here', `${failure.step}-${lastOffset}`);
  await client.when(() => client.lastOffset === lastOffset + 1);
  expect(client.closeCodes).toHaveLength(sockets);
  expect(unharmed(client)).toEqual(NOTHING_HAPPENED);
});

test('what is left over is one old front generation, as long as the client that it carries stays', async () => {
  const { colors, old_nginx_generations: generations } = await stack.status();
  expect(colors.flatMap(({ workers }) => workers)).toHaveLength(2);
  expect(generations).toBe(1);
  client.end();
  await expect.poll(() => retiringGenerations(stack.runDir)).toEqual([]);
});

/** Clients that come while it happens: each opens a new connection and asks who serves it. */
const startNewcomers = (): Readonly<{ stop: () => Promise<number> }> => {
  const stopped = new AbortController();
  let refused = 0;
  const loop = (async () => {
    while (!stopped.signal.aborted) {
      try {
        const response = await fetch(`${stack.url}/version`, { headers: { connection: 'close' } });
        if (!response.ok) refused += 1;
        await response.text();
      } catch {
        refused += 1;
      }
    }
  })();
  return {
    stop: async () => {
      stopped.abort();
      await loop;
      return refused;
    },
  };
};
