import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { askInline } from '../../services/conductor/engines/local/redis-inline.js';
import { processesOf } from '../../services/conductor/processes.js';
import type { WorkerStatus } from '../../services/conductor/worker-client.js';
import { NOTHING_HAPPENED, RecoveringClient, unharmed } from './recovering-client.js';
import { SABOTAGE } from './sabotage.js';
import { fellShort, TestStack, type Environment } from './stack.js';

let stack: TestStack;
let client: RecoveringClient;
/** Ten lines a second, from the beginning until they have been judged. */
let talk: NodeJS.Timeout;
/** As a refusal said. */
let enough = '';

beforeAll(async () => {
  stack = await TestStack.up();
  client = await RecoveringClient.connect(stack.socketUrl, 'preflight');
  let count = 0;
  talk = setInterval(() => {
    count += 1;
    client.publish(`line ${count}`, `line-${count}`);
  }, 100);
});
afterAll(async () => {
  clearInterval(talk);
  client.end();
  await stack.close();
});

/** Publications a second of the busiest channel, as the workers tell it. */
const busiestRate = async (): Promise<number> => {
  const Authorization = `Bearer ${readFileSync(join(stack.runDir, 'control.token'), 'utf8').trim()}`;
  const rates = [1, 2].map(async (worker) => {
    const url = `http://127.0.0.1:${stack.ports.blue + worker}/control/status`;
    const status = (await (await fetch(url, { headers: { Authorization } })).json()) as Pick<
      WorkerStatus,
      'busiest_channel'
    >;
    return status.busiest_channel?.per_second ?? 0;
  });
  return Math.max(...(await Promise.all(rates)));
};

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
        'raise HISTORY_TTL to at least 32',
      ],
    },
    {
      name: 'with the time for a stop',
      settings: { DRAIN_GRACE: '4' },
      lines: 1,
      words: ['DRAIN_GRACE=4 and GRACEFUL_SHUTDOWN_TIMEOUT=5 clash', 'GRACEFUL_SHUTDOWN_TIMEOUT to at least 6'],
    },
  ];

/** Promotes, and looks that it was refused before anything was done. Returns what it said. */
const refused = async (settings: Environment = {}): Promise<string> => {
  const before = await standing();
  const { code, output } = await stack.run(['promote'], settings);
  expect(code, output).toBe(1);
  expect(output).toContain('Failed in "preflight"');
  expect(output).not.toMatch(/immutable release|start green/);
  expect(await standing()).toEqual(before);
  expect(before).toMatchObject({ active: 'blue', closes: 0 });
  return output;
};

test.each(refusals)('settings that clash $name are named with both numbers, and nothing is done', async (refusal) => {
  const output = await refused(refusal.settings);
  for (const words of refusal.words) expect(output).toContain(words);
  expect(output.match(/ clash: /g) ?? []).toHaveLength(refusal.lines);
});

test('a setting that is no number is refused too', async () => {
  expect(await refused({ HISTORY_TTL: 'long' })).toContain('HISTORY_TTL="long": must be a number');
});

test('a HISTORY_SIZE that is too small names one that is enough, and how to set it', async () => {
  // A rate counts when it lasts; who is away for 30.5 s misses 30 times that.
  await expect.poll(busiestRate, { timeout: 30_000 }).toBeGreaterThan(4);
  clearInterval(talk);
  const output = await refused({ HISTORY_SIZE: '50' });
  expect(output).toContain('HISTORY_SIZE=50 and DRAIN_GRACE=0.5 clash: the channel preflight had ');
  expect(output.match(/ clash: /g) ?? []).toHaveLength(1);
  enough = /HISTORY_SIZE=(\d+) make promote/.exec(output)?.[1] ?? '';
  expect(Number(enough)).toBeGreaterThanOrEqual(100);
});

test('what Redis and nginx run with is judged too', async () => {
  await askInline(stack.ports.redis, ['CONFIG SET maxmemory-policy allkeys-lru']);
  const conf = join(stack.runDir, 'nginx/nginx.conf');
  const text = readFileSync(conf, 'utf8');
  writeFileSync(conf, text.replace(/worker_connections \d+;/, 'worker_connections 100;'));
  const output = await refused();
  expect(output).toContain('maxmemory-policy=allkeys-lru and HISTORY_TTL=300 clash');
  expect(output).toMatch(/connections=1 and worker_connections=100 clash: each of \d+ nginx processes/);
  writeFileSync(conf, text);
  await askInline(stack.ports.redis, ['CONFIG SET maxmemory-policy noeviction']);
});

test('an up whose settings clash starts nothing', async () => {
  const other = await TestStack.prepare({ GRACEFUL_SHUTDOWN_TIMEOUT: '4', DRAIN_GRACE: '3' });
  const { code, output } = await other.run(['up']);
  expect(code, output).toBe(1);
  expect(output).toContain('DRAIN_GRACE=3 and GRACEFUL_SHUTDOWN_TIMEOUT=4 clash');
  expect(readdirSync(other.runDir)).not.toContain('releases');
  expect(processesOf(other.runDir)).toEqual([]);
  await other.close();
});

test('with settings that agree it goes on, also to a release without defaults and figures of its own; another persistence is told', async () => {
  const source = SABOTAGE.givesNoFigures();
  rmSync(join(source, 'services/gateway/defaults.json'));
  const blind = await stack.promote(['--source', source]);
  expect(blind).toMatchObject({ outcome: 'done' });
  expect(fellShort(blind)).toEqual(['no figures from green: not judged']);
  await askInline(stack.ports.redis, ['CONFIG SET appendfsync always']);
  const told = await stack.promote([], { HISTORY_SIZE: enough });
  expect(told).toMatchObject({ outcome: 'done' });
  expect(fellShort(told)).toEqual([
    'Redis does not keep its data as planned: appendfsync=always where redis.conf says everysec',
  ]);
  expect(await stack.run(['rollback'], { HISTORY_TTL: '20' })).toMatchObject({ code: 0 });
  expect(unharmed(client)).toEqual(NOTHING_HAPPENED);
});
