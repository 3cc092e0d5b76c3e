import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { processesOf } from '../../services/conductor/processes.js';
import { NOTHING_HAPPENED, RecoveringClient, unharmed } from './recovering-client.js';
import { copyOfDist } from './sabotage.js';
import { TestStack, type Environment } from './stack.js';

let stack: TestStack;
let client: RecoveringClient;

beforeAll(async () => {
  stack = await TestStack.up();
  client = await RecoveringClient.connect(stack.socketUrl, 'preflight');
  for (let count = 1; count <= 40; count += 1) client.publish(`line ${count}`, `line-${count}`);
  await client.when(() => client.lastOffset === 40);
});
afterAll(async () => {
  client.end();
  await stack.close();
});

/** What a refusal must leave as it was. */
const standing = async () => {
  const { active, colors } = await stack.status();
  return {
    active,
    workers: colors.map(({ workers }) => workers.map(({ pid }) => pid)),
    releases: readdirSync(join(stack.runDir, 'releases')),
    processes: new Set(processesOf(stack.runDir)),
    closes: client.closeCodes.length,
  };
};

const refusals: readonly Readonly<{ name: string; settings: Environment; lines: number; words: readonly string[] }>[] =
  [
    {
      name: 'with nginx, or with what a move takes',
      settings: { WEBSOCKET_HEARTBEAT_INTERVAL: '130', HEARTBEAT_TIMEOUT: '200', HISTORY_TTL: '20' },
      lines: 3,
      words: [
        'WEBSOCKET_HEARTBEAT_INTERVAL=130 and proxy_read_timeout=120 clash',
        'WEBSOCKET_HEARTBEAT_INTERVAL=130 and proxy_send_timeout=120 clash',
        'HISTORY_TTL=20 and DRAIN_GRACE=0.5 clash',
        'raise HISTORY_TTL to at least 91',
      ],
    },
    {
      name: 'with the time for a stop',
      settings: { DRAIN_GRACE: '4' },
      lines: 1,
      words: ['DRAIN_GRACE=4 and GRACEFUL_SHUTDOWN_TIMEOUT=5 clash', 'GRACEFUL_SHUTDOWN_TIMEOUT to at least 6'],
    },
    {
      // 40 in ten seconds are 4 a second; who is away for 30.5 s misses 122.
      name: 'with what the busiest channel brings',
      settings: { HISTORY_SIZE: '50' },
      lines: 1,
      words: [
        'HISTORY_SIZE=50 and DRAIN_GRACE=0.5 clash: the channel preflight had ',
        'raise HISTORY_SIZE to at least 1',
      ],
    },
    {
      name: 'with what a worker takes at all',
      settings: { HISTORY_TTL: 'long' },
      lines: 0,
      words: ['HISTORY_TTL="long": must be a number'],
    },
  ];

test.each(refusals)('settings that clash $name are named with both numbers, and nothing is done', async (refusal) => {
  const before = await standing();
  const { code, output } = await stack.run(['promote'], refusal.settings);
  expect({ code, output }).toMatchObject({ code: 1 });
  expect(output).toContain('Failed in "preflight"');
  for (const words of refusal.words) expect(output).toContain(words);
  expect(output.match(/ clash: /g) ?? []).toHaveLength(refusal.lines);
  expect(output).not.toMatch(/immutable release|start green/);
  expect(await standing()).toEqual(before);
  expect(before).toMatchObject({ active: 'blue', closes: 0 });
});

test('an up whose settings clash starts nothing', async () => {
  const other = await TestStack.prepare({ GRACEFUL_SHUTDOWN_TIMEOUT: '4', DRAIN_GRACE: '3' });
  const { code, output } = await other.run(['up']);
  expect({ code, output }).toMatchObject({ code: 1 });
  expect(output).toContain('DRAIN_GRACE=3 and GRACEFUL_SHUTDOWN_TIMEOUT=4 clash');
  expect(readdirSync(other.runDir)).not.toContain('releases');
  expect(processesOf(other.runDir)).toEqual([]);
  await other.close();
});

test('with settings that agree it goes on, also to a release that can’t say its own', async () => {
  const source = copyOfDist();
  rmSync(join(source, 'services/gateway/print-settings.js'));
  expect(await stack.promote(['--source', source])).toMatchObject({ outcome: 'done', deploys: [{ shortfalls: [] }] });
  expect(await stack.promote()).toMatchObject({ outcome: 'done', deploys: [{ shortfalls: [] }] });
  expect(await stack.run(['rollback'], { HISTORY_TTL: '20' })).toMatchObject({ code: 0 });
  expect(unharmed(client)).toEqual(NOTHING_HAPPENED);
});
