import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { ComposeStack, docker } from './compose-stack.js';

let stack: ComposeStack;

const redis = (...words: readonly string[]): string => stack.compose('exec', '-T', 'redis', 'redis-cli', ...words);
const temporaryFolder = (name: string): string => {
  const folder = mkdtempSync(join(tmpdir(), `switchyard-${name}-`));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};

beforeAll(async () => {
  stack = await ComposeStack.prepare({});
  stack.compose('up', '--detach', '--wait', '--quiet-pull');
});
afterAll(() => stack.remove());

test('what is more than Redis may hold is refused to who says it, and Redis lives on', async () => {
  expect(redis('CONFIG', 'GET', 'maxmemory').split('\n')).toEqual(['maxmemory', `${Math.floor(0.6 * 2 * 1_024 ** 3)}`]);
  await stack.ask('publish', { channel: 'full', data: 'before' });
  redis('CONFIG', 'SET', 'maxmemory', '1mb');
  expect(await stack.ask('publish', { channel: 'full', data: 'refused' })).toMatchObject({
    type: 'urn:switchyard:problem:unavailable',
  });
  redis('CONFIG', 'SET', 'maxmemory', '100mb');
  expect(await stack.ask('publish', { channel: 'full', data: 'after' })).toMatchObject({ offset: 2 });
});

test('what was acked is there after a kill of Redis, and after everything was taken down', async () => {
  await stack.ask('publish', { channel: 'kept', data: 'before the kill' });
  const [container = ''] = stack.containers('redis');
  docker('kill', container);
  docker('start', container);
  await expect
    .poll(() => stack.ask('publish', { channel: 'kept', data: 'after the kill' }))
    .toMatchObject({ offset: 2 });
  stack.compose('down');
  stack.compose('up', '--detach', '--wait');
  await expect.poll(() => stack.version()).toMatchObject({ color: expect.stringMatching(/blue|green/) as unknown });
  expect(await stack.ask('history', { channel: 'kept' })).toMatchObject({
    publications: [{ data: 'before the kill' }, { data: 'after the kill' }],
  });
});

test('a backup that is made while it runs brings back what was acked until then, and nothing that came later', async () => {
  const volume = stack.called('redis');
  const folder = temporaryFolder('backup');
  const inVolume = (mode: string, script: string): string => {
    const mounts = ['-v', `${volume}:/volume${mode}`, '-v', `${folder}:/backup`];
    return docker('run', '--rm', '--user', '0', '--entrypoint', 'sh', ...mounts, 'redis:8.0.6', '-c', script);
  };
  await stack.ask('publish', { channel: 'backed', data: 'before the backup' });
  redis('CONFIG', 'SET', 'auto-aof-rewrite-percentage', '0');
  const isRewriting = (): string => redis('INFO', 'persistence');
  await expect.poll(isRewriting).toContain('aof_rewrite_in_progress:0');
  inVolume(':ro', 'cp -a /volume /copy && tar -C /copy -czf /backup/redis.tar.gz .');
  redis('CONFIG', 'SET', 'auto-aof-rewrite-percentage', '100');
  await stack.ask('publish', { channel: 'backed', data: 'after it' });
  stack.compose('stop');
  inVolume('', 'find /volume -mindepth 1 -delete && tar -C /volume -xzf /backup/redis.tar.gz');
  stack.compose('up', '--detach', '--wait');
  await expect.poll(() => stack.version()).toMatchObject({ color: expect.stringMatching(/blue|green/) as unknown });
  expect(await stack.ask('history', { channel: 'backed' })).toMatchObject({
    publications: [{ data: 'before the backup' }],
  });
});

test('workers, task workers and the exporter speak TLS with another Redis, by an authority of its own', async () => {
  const [certificates, password] = [temporaryFolder('authority'), 'a-password'];
  // Containers are another user.
  chmodSync(certificates, 0o755);
  const env = { PATH: process.env['PATH'], TLS_DIR: certificates, NAMES: 'elsewhere' };
  execFileSync('sh', ['scripts/dev-certs.sh'], { env, stdio: 'ignore' });
  const tls =
    '--port 0 --tls-port 6380 --tls-auth-clients no --tls-cert-file /tls/fullchain.pem --tls-key-file /tls/privkey.pem';
  const user = `--user switchyard on >${password} ~sy:* &sy:* +@all -@admin -@dangerous +info`;
  const where = [
    '--network',
    stack.called('data'),
    '--network-alias',
    'elsewhere',
    '--volume',
    `${certificates}:/tls:ro`,
  ];
  const words = `redis-server --protected-mode no ${tls} ${user}`.split(' ');
  const other = docker(
    'run',
    '--detach',
    '--user',
    '0',
    ...where,
    '--entrypoint',
    words[0]!,
    'redis:8.0.6',
    ...words.slice(1),
  );
  try {
    stack.set({
      COMPOSE_PROFILES: 'observability',
      REDIS_URL: `rediss://switchyard:${password}@elsewhere:6380`,
      FILES: certificates,
      EXTRA_CA_CERTS: '/run/files/ca.pem',
    });
    stack.compose('up', '--detach', '--wait', '--quiet-pull');
    expect(await stack.ask('publish', { channel: 'elsewhere', data: 'by TLS' })).toMatchObject({ offset: 1 });
    const { task } = (await stack.ask('tasks', { name: 'report', data: { seconds: 0.1, steps: 1 } })) as {
      task: { id: string };
    };
    const story = (): Promise<unknown> => stack.ask('history', { channel: `task:${task.id}` });
    await expect.poll(story).toMatchObject({
      publications: expect.arrayContaining([
        expect.objectContaining({ data: expect.objectContaining({ event: 'done' }) as unknown }),
      ]) as unknown,
    });
    const prometheus = stack.address(stack.containers('prometheus')[0] ?? '', 9090);
    const up = async (): Promise<unknown> => (await fetch(`http://${prometheus}/api/v1/query?query=redis_up`)).json();
    await expect.poll(up).toMatchObject({ data: { result: [{ value: [expect.anything(), '1'] }] } });
  } finally {
    stack.compose('down');
    docker('rm', '--force', other);
  }
});
