import { join, resolve } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { WorkerProcess } from '../../../../bench/worker-process.js';
import { freePort } from '../../../../infra/testing/free-port.js';
import { developmentCertificate } from '../../../conductor/engines/local/testing/front.js';
import { TestClient } from '../../testing/client.js';
import { redisFor } from '../testing/redis-worker.js';

const DIST = resolve(import.meta.dirname, '../../../../dist');
const PASSWORD = 'a-password-that-nobody-sees';
/** What docs/OPERATIONS.md says that the user needs. */
const RIGHTS = '~sy:* &sy:* +@all -@admin -@dangerous +info';

/** A Redis that speaks TLS with a certificate of our own authority, and has a user for workers. */
const redisWithTls = async () => {
  const certificates = developmentCertificate();
  const port = await freePort();
  const [chain, key] = ['fullchain.pem', 'privkey.pem'].map((name) => join(certificates, name));
  const tls = `--tls-port ${port} --tls-auth-clients no --tls-cert-file ${chain} --tls-key-file ${key}`;
  const user = `--user switchyard on >${PASSWORD} ${RIGHTS}`;
  const redis = await redisFor({ args: `${tls} ${user}`.split(' ') });
  const url = (password: string): string => `rediss://switchyard:${password}@localhost:${port}`;
  return { redis, url, authority: join(certificates, 'ca.pem') };
};

const startWorker = async (worker: string, redisUrl: string, more: Readonly<Record<string, string>>) => {
  const settings = { WORKER: worker, REDIS_URL: redisUrl, RATE_LIMIT_TRUSTED: '127.0.0.0/8', DRAIN_GRACE: '0.1' };
  const started = await WorkerProcess.start({ ...settings, ...more }, DIST);
  onTestFinished(() => started.stop());
  return started;
};

const readiness = async ({ port }: WorkerProcess): Promise<unknown> =>
  (await fetch(`http://127.0.0.1:${port}/readyz/`)).json();

test('workers talk through a Redis by TLS as a user of its ACL, also after it was away', async () => {
  const { redis, url, authority } = await redisWithTls();
  const trust = { NODE_EXTRA_CA_CERTS: authority };
  const [one, two] = [await startWorker('1', url(PASSWORD), trust), await startWorker('2', url(PASSWORD), trust)];
  const speaker = await TestClient.connect(`ws://127.0.0.1:${one.port}/ws`);
  const listener = await TestClient.connect(`ws://127.0.0.1:${two.port}/ws`);
  await listener.subscribe('room');
  expect(await speaker.publish('room', 'before')).toMatchObject({ offset: 1 });
  expect(await listener.next('message')).toMatchObject({ data: 'before', offset: 1 });
  const statistics = async (): Promise<unknown> => (await fetch(`http://127.0.0.1:${two.port}/ws-stats`)).json();
  await expect.poll(statistics).toMatchObject({ active_connections: 2, unanswered: [] });

  await redis.restart({ keep: 'all' });
  await expect.poll(() => readiness(one)).toMatchObject({ checks: { redis: 'ok' } });
  expect(await speaker.publish('room', 'after')).toMatchObject({ offset: 2 });
  expect(await listener.next('message')).toMatchObject({ data: 'after', offset: 2 });
  // What a command lacks a right for would stand here.
  expect(await redis.command('ACL', 'LOG')).toBe('*0\r\n');
});

test.each([
  ['a wrong password', 'wrong-password', true, /WRONGPASS/],
  ['a certificate of an authority that is not known', PASSWORD, false, /CERT|SIGNATURE/],
])('a worker with %s is not ready and says why, without the password', async (_, password, trusts, why) => {
  const { url, authority } = await redisWithTls();
  const worker = await startWorker('1', url(password), trusts ? { NODE_EXTRA_CA_CERTS: authority } : {});
  await expect
    .poll(() => readiness(worker))
    .toMatchObject({ checks: { redis: expect.stringMatching(why) as unknown } });
  const told = [JSON.stringify(await readiness(worker)), ...worker.complaints.map(({ text }) => text)].join('\n');
  expect(told).not.toContain(password);
});
