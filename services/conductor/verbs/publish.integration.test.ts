import { expect, onTestFinished, test } from 'vitest';
import { createMemoryCluster, type MemoryCluster } from '../../gateway/broker/memory/memory-cluster.js';
import { TestClient } from '../../gateway/testing/client.js';
import { startWorker } from '../../gateway/testing/worker.js';
import { StackSettings } from '../settings.js';
import type { Site } from '../site.js';
import { fakeSite } from '../testing/fake-site.js';
import { describePublished, messageFrom, publish } from './publish.js';
import { orderFrom, startTask } from './task.js';

/** A stack of one worker, which stands where nginx does. */
const stack = async (): Promise<Readonly<{ site: Site; ws: string; cluster: MemoryCluster }>> => {
  const cluster = createMemoryCluster();
  const bare = fakeSite();
  const token = bare.run.controlToken();
  const { app, port, ws } = await startWorker((id) => cluster.broker(id), { CONTROL_TOKEN: token });
  onTestFinished(() => app.stop());
  const stack = StackSettings.parse({ HTTP_PORT: port });
  return { site: { ...bare, settings: { ...bare.settings, stack } }, ws, cluster };
};

test('a message from the terminal reaches subscribers; with the same KEY it is published once', async () => {
  const { site, ws } = await stack();
  const client = await TestClient.connect(`${ws}/ws`);
  await client.subscribe('greetings');
  const message = messageFrom({}, { CHANNEL: 'greetings', DATA: '{"hello":1}', KEY: '\u0434\u043e\u043c-1' });
  const published = await publish(site, message);
  expect(describePublished(published)).toBe(`greetings: offset 1, epoch ${published.epoch}`);
  expect(describePublished(await publish(site, message))).toContain('offset 1');
  expect(describePublished(await publish(site, message))).toContain('had been published before');
  await publish(site, messageFrom({ channel: 'greetings', data: 'hello' }, { CHANNEL: 'another' }));
  expect(await client.next('message')).toMatchObject({ offset: 1, from: 'api', data: { hello: 1 } });
  expect(await client.next('message')).toMatchObject({ offset: 2, data: 'hello' });
  await client.close();
});

test.each([
  [{}, 'CHANNEL is missing'],
  [{ CHANNEL: '', DATA: 'x' }, 'CHANNEL is missing'],
  [{ CHANNEL: 'a' }, 'DATA is missing'],
])('what is missing is named: %j', (environment, words) => {
  expect(() => messageFrom({}, environment)).toThrow(words);
});

test('what is refused is told in the words of the API, and a stack that does not answer by its address', async () => {
  const { site, cluster } = await stack();
  await expect(publish(site, messageFrom({}, { CHANNEL: 'no channel', DATA: '1' }))).rejects.toThrow(
    'channel: must be of the form',
  );
  cluster.disconnect();
  await expect(publish(site, messageFrom({}, { CHANNEL: 'a', DATA: '1' }))).rejects.toThrow('Redis is away');
  const nowhere = { ...site, settings: { ...site.settings, stack: StackSettings.parse({ HTTP_PORT: 1 }) } };
  await expect(publish(nowhere, messageFrom({}, { CHANNEL: 'a', DATA: '1' }))).rejects.toThrow(
    'http://127.0.0.1:1/api/publish does not answer',
  );
});

test('where no stack runs in RUN_DIR nothing is asked of another one, and it is named', async () => {
  const { site } = await stack();
  const mistyped = { ...site, stack: { ...site.stack, isUp: async () => false } };
  const words = `no stack runs in RUN_DIR=${site.run.path}: "make dev-up" starts one there`;
  await expect(publish(mistyped, messageFrom({}, { CHANNEL: 'a', DATA: '1' }))).rejects.toThrow(words);
  await expect(startTask(mistyped, orderFrom({}, { NAME: 'report' }))).rejects.toThrow(words);
  expect(await publish(site, messageFrom({}, { CHANNEL: 'a', DATA: '1' }))).toMatchObject({ offset: 1 });
});
