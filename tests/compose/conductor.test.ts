import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { imageOf } from '../../services/conductor/engines/compose/image-releases.js';
import { projectOf } from '../../services/conductor/engines/compose/project.js';
import type { Snapshot } from '../../services/conductor/monitor/snapshot.js';
import type { Proof } from '../../services/conductor/prove/proof.js';
import { NOTHING_HAPPENED, RecoveringClient, unharmed } from '../e2e/recovering-client.js';
import { SABOTAGE } from '../e2e/sabotage.js';
import { TestStack } from '../e2e/stack.js';
import { dangling, docker } from './compose-stack.js';

/** Five minutes were not enough on a machine that was busy with other work. */
const PROVE_MS = 900_000;

let stack: TestStack;
let client: RecoveringClient;

const listed = (...words: readonly string[]): readonly string[] =>
  docker(...words)
    .split('\n')
    .filter(Boolean);
const containers = (...which: readonly string[]): readonly string[] =>
  listed('ps', ...which, '--quiet', '--filter', `label=com.docker.compose.project=${projectOf(stack.runDir)}`);
// Those that were made at the same moment come in any order.
const images = (): readonly string[] => listed('image', 'ls', '--format', '{{.Tag}}', 'switchyard').toSorted();
let danglingBefore: readonly string[];
let rulesFolder: string;
const workersOf = async (color: 'blue' | 'green') =>
  (await stack.status()).colors.find((each) => each.color === color)?.workers ?? [];
const firstOfBlue = async () => {
  const [first] = await workersOf('blue');
  if (first === undefined) throw new Error('blue has no workers');
  return first;
};
/** Of a client that has been closed now and then. */
const WHOLE = { lost: 0, duplicated: 0, outOfOrder: 0, reloads: 0 };
/** A message is said, and comes next. */
const hear = async (id: string): Promise<void> => {
  const { lastOffset } = client;
  client.publish(id, id);
  await client.when(() => client.lastOffset === lastOffset + 1);
};

beforeAll(async () => {
  // A start in containers takes a second longer, and other tests keep the machine busy.
  danglingBefore = dangling();
  rulesFolder = mkdtempSync(join(tmpdir(), 'switchyard-rules-'));
  const rules = join(rulesFolder, 'namespaces.json');
  writeFileSync(rules, JSON.stringify({ 'closed:': { subscribe: 'anyone', publish: 'nobody' } }), { mode: 0o600 });
  stack = await TestStack.up({
    ENGINE: 'compose',
    HOME: homedir(),
    TASK_WORKERS: '1',
    READY_TIMEOUT: '60',
    WORKER_MEMORY: '400M',
    REDIS_MEMORY: '1G',
    NAMESPACES: rules,
  });
  client = await RecoveringClient.connect(stack.socketUrl, 'in-containers');
});
afterAll(async () => {
  client.end();
  const project = projectOf(stack.runDir);
  const releases = readdirSync(join(stack.runDir, 'releases')).map(imageOf);
  await stack.run(['down']);
  const left = containers('--all');
  const volumes = listed('volume', 'ls', '--quiet', '--filter', `label=com.docker.compose.project=${project}`);
  docker('volume', 'rm', ...volumes);
  docker('image', 'rm', '--force', ...releases);
  await stack.close();
  rmSync(rulesFolder, { recursive: true });
  if (left.length > 0) throw new Error(`containers of the stack were left over: ${left.join(', ')}`);
});

test('up gives a stack that is well, with blue active and workers called as their containers', async () => {
  const status = await stack.status();
  expect(status).toMatchObject({ well: true, active: 'blue', front: 'ok', redis: { state: 'up' } });
  const ids = containers();
  for (const { worker, ready } of status.colors[0]?.workers ?? []) {
    expect(ready).toBe('ready');
    expect(ids).toContain(worker.replace('blue-', ''));
  }
  expect(status.tasks.map(({ ready }) => ready)).toEqual(['ready']);
});

test('containers have the limits that the stack was brought up with', () => {
  const memoryOf = (service: string): readonly string[] => {
    const ids = containers('--filter', `label=com.docker.compose.service=${service}`);
    return listed('inspect', '--format', '{{.HostConfig.Memory}}', ...ids);
  };
  expect(memoryOf('gateway-blue')).toEqual(Array(2).fill(`${400 * 1_024 ** 2}`));
  expect(memoryOf('redis')).toEqual([`${1_024 ** 3}`]);
});

test('workers have the file that a setting names', async () => {
  const { worker } = await firstOfBlue();
  const rules = docker('exec', worker.replace('blue-', ''), 'sh', '-c', 'cat "$NAMESPACES"');
  expect(rules).toBe('{"closed:":{"subscribe":"anyone","publish":"nobody"}}');
});

test('a port that is taken is told with who has it and the setting that moves us', async () => {
  const second = await TestStack.prepare({
    ENGINE: 'compose',
    HOME: homedir(),
    HTTP_PORT: `${stack.ports.http}`,
  });
  const { code, output } = await second.run(['up']);
  await second.close();
  expect(code).toBe(1);
  expect(output).toContain(`port ${stack.ports.http} for nginx is taken by a container`);
  expect(output).toContain(`docker ps --filter publish=${stack.ports.http} tells which`);
  expect(output).toContain('HTTP_PORT=<another port> make dev-up');
});

test('monitor tells what Redis, nginx and workers take of the machine', async () => {
  const { stdout } = await stack.run(['monitor', '2', '--json']);
  const [first = ''] = stdout.split('\n');
  const { memory_bytes: memory } = JSON.parse(first) as Snapshot;
  expect(memory.redis).toBeGreaterThan(1_000_000);
  expect(memory.nginx).toBeGreaterThan(1_000_000);
  // Two of Node, each with its init.
  expect(memory.blue).toBeGreaterThan(80_000_000);
  expect(memory.green).toBe(0);
});

const failures = [
  { name: 'won’t start', source: SABOTAGE.wontStart, step: 'ready', said: /sabotage: this release does not start/ },
  {
    name: 'is never ready',
    source: SABOTAGE.neverReady,
    step: 'ready',
    said: /within 15 s \(READY_TIMEOUT\): .*redis/,
  },
  { name: 'fails its smoke test', source: SABOTAGE.failsSmoke, step: 'smoke', said: /message: offset is 2, not 1/ },
] as const;

test.each(failures)('a release that $name is undone, its image is gone, and nobody notices', async (failure) => {
  const [before, had] = [await workersOf('blue'), images()];
  const words = ['promote', '--source', failure.source()];
  const { code, output } = await stack.run(words, { READY_TIMEOUT: '15' });
  expect(code, output).toBe(1);
  expect(output).toContain(`Failed in "${failure.step}"`);
  expect(output).toMatch(failure.said);
  expect(output).toContain('Everything was undone: blue is active as before.');
  const [, log = ''] = /all of it: (\S+)/.exec(output) ?? [];
  expect(readFileSync(log, 'utf8')).not.toBe('');
  expect((await workersOf('blue')).map(({ pid }) => pid)).toEqual(before.map(({ pid }) => pid));
  expect(await workersOf('green')).toEqual([]);
  expect(images()).toEqual(had);
  await hear(`after ${failure.step}, ${failure.name}`);
  expect(unharmed(client)).toEqual(NOTHING_HAPPENED);
});

test(
  '[deploy-1] [deploy-2] 1,000 clients at 100 messages a second through a promote and a rollback',
  async () => {
    const crowd = ['--clients', '1000', '--channels', '100', '--rate', '100', '--steady', '2'];
    const { stdout, output } = await stack.run(['prove', '--json', ...crowd], { DRAIN_RATE: '100' });
    const proof = JSON.parse(stdout) as Proof;
    const nothing = { lost: 0, duplicated: 0, outOfOrder: 0, refused: 0, told: 0 };
    expect(proof.result.library, output).toMatchObject({ ...nothing, clients: 500 });
    expect(proof.result.plain).toMatchObject({ ...nothing, clients: 500 });
    expect(proof.result).toMatchObject({ unanswered: 0, acked: proof.result.published });
    expect(
      [proof.promote, proof.rollback].map((deploy) => deploy?.outcome),
      output,
    ).toEqual(['done', 'done']);
    expect((await stack.status()).active).toBe('blue');
  },
  PROVE_MS,
);

test('of releases nothing is left that has no name', () => {
  expect(dangling()).toEqual(danglingBefore);
  expect(images().filter((tag) => tag.startsWith('base-'))).toEqual([]);
});

describe('what ends', () => {
  test('a worker that is killed comes back by itself', async () => {
    const { worker, pid } = await firstOfBlue();
    docker('exec', '--detach', worker.replace('blue-', ''), 'sh', '-c', 'kill -KILL -1');
    await expect
      .poll(async () => (await workersOf('blue')).find((each) => each.worker === worker)?.pid ?? pid)
      .not.toBe(pid);
    await expect.poll(async () => (await stack.status()).well).toBe(true);
  });

  test('a worker that was stopped has moved its connections, and up brings it back', async () => {
    const { worker } = await firstOfBlue();
    docker('stop', worker.replace('blue-', ''));
    expect(await stack.status()).toMatchObject({ well: false });
    const { code, output } = await stack.run(['up']);
    expect(code, output).toBe(0);
    expect(output).toContain(`${worker} ended, it exited with status 0`);
    expect(await stack.status()).toMatchObject({ well: true, active: 'blue' });
    await hear('after a stop');
    expect(client).toMatchObject(WHOLE);
  });

  test('a worker and a task worker whose containers were removed are missed, and up makes them anew', async () => {
    const { worker } = await firstOfBlue();
    const [kept] = (await workersOf('blue')).filter((each) => each.worker !== worker);
    docker(
      'rm',
      '--force',
      worker.replace('blue-', ''),
      ...containers('--filter', 'label=com.docker.compose.service=tasks-blue'),
    );
    const { well, troubles, tasks, colors } = await stack.status();
    expect(well).toBe(false);
    expect(colors[0]?.workers.find(({ url }) => url === '')?.worker).toBe('blue-lacking-1');
    expect(tasks).toMatchObject([
      { name: 'tasks-blue-lacking-1', state: 'stopped', detail: 'its container was removed' },
    ]);
    expect(troubles.filter((trouble) => trouble.includes('its container was removed'))).toHaveLength(2);
    const { code, output } = await stack.run(['up']);
    expect(code, output).toBe(0);
    expect(output).toContain('Started again: tasks-blue');
    expect(await stack.status()).toMatchObject({ well: true, active: 'blue' });
    await expect.poll(async () => (await stack.status()).tasks.map(({ ready }) => ready)).toEqual(['ready']);
    // What serves is left alone.
    expect(await workersOf('blue')).toContainEqual(expect.objectContaining({ worker: kept?.worker, pid: kept?.pid }));
    await hear('after containers were removed');
    expect(client).toMatchObject(WHOLE);
  });

  test('without nginx a deploy does nothing and says so, and up brings it back', async () => {
    docker('stop', ...containers('--filter', 'label=com.docker.compose.service=nginx'));
    const { code, output } = await stack.run(['promote']);
    expect(code, output).toBe(1);
    expect(output).toContain('not running: nginx');
    expect(await workersOf('green')).toEqual([]);
    expect((await stack.run(['up'])).output).toContain('Started again: nginx');
    await expect.poll(async () => (await stack.status()).well).toBe(true);
    await hear('after nginx was stopped');
    expect(client).toMatchObject(WHOLE);
  });

  test('all containers, as after a restart of the daemon: the same color serves, and the log is whole', async () => {
    // What configured it runs again too, as with `docker compose restart`: it was made when blue was active.
    expect(await stack.promote()).toMatchObject({ outcome: 'done' });
    docker('restart', ...containers('--all'));
    await expect.poll(async () => (await stack.status()).well).toBe(true);
    expect(await stack.status()).toMatchObject({ active: 'green' });
    await hear('after a restart of everything');
    expect(client).toMatchObject(WHOLE);
  });
});
