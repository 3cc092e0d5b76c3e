import { expect, onTestFinished, test, vi } from 'vitest';
import type { TargetedMessageFrame } from '../../services/protocol/frames.js';
import { redisFor } from '../../services/gateway/broker/testing/redis-worker.js';
import { TestClient } from '../../services/gateway/testing/client.js';
import { startLoneWorker } from './lone-worker.js';

/** From the kill of a worker until what is told of its clients is true again. */
const HEALED_MS = 5_000;

const targeted = ({ frames }: TestClient): unknown[] =>
  frames
    .filter((frame): frame is TargetedMessageFrame => frame.type === 'message' && 'to' in frame)
    .map(({ data }) => data);

test('[send-1] [send-3] [presence-1] [presence-3] five connections of a client on three workers are reached and counted, and those that are left after a kill -9', async () => {
  const { url } = await redisFor();
  const colors = ['blue', 'blue', 'green'];
  const workers = await Promise.all(
    colors.map(async (COLOR, index) => {
      const worker = await startLoneWorker({ REDIS_URL: url, COLOR, WORKER: `${index + 1}`, LOG_LEVEL: 'info' });
      onTestFinished(() => void worker.process.kill('SIGKILL'));
      return worker;
    }),
  );
  const connect = async (worker: number, name: string): Promise<TestClient> => {
    const client = await TestClient.connect(`${workers[worker]!.ws}/ws?client_id=${name}`);
    await client.subscribe('room');
    return client;
  };
  const bob = await connect(0, 'bob');
  const adas = await Promise.all([0, 1, 1, 2, 2].map((worker) => connect(worker, 'ada')));
  const cid = await connect(1, 'cid');
  const send = async (data: string) => {
    bob.send({ type: 'send', to: { client_id: 'ada' }, data, id: data });
    return bob.answer(data);
  };
  const presence = async (): Promise<Readonly<Record<string, number>>> => {
    bob.send({ type: 'presence', channel: 'room', id: `${Math.random()}` });
    const { clients } = await bob.next('presence');
    return Object.fromEntries(clients.map(({ client_id: name, connections }) => [name, connections]));
  };

  expect(await send('to all')).toMatchObject({ delivered: 5 });
  for (const ada of adas) await vi.waitFor(() => expect(targeted(ada)).toEqual(['to all']));
  const all = { ada: 5, bob: 1, cid: 1 };
  await vi.waitFor(async () => expect(await presence()).toEqual(all));

  workers[1]!.process.kill('SIGKILL');
  const killedAt = performance.now();
  await vi.waitFor(async () => expect(await send(`${Math.random()}`)).toMatchObject({ delivered: 3 }), HEALED_MS);
  const left = { ada: 3, bob: 1 };
  await vi.waitFor(async () => expect(await presence()).toEqual(left), { timeout: 15_000, interval: 50 });
  expect(performance.now() - killedAt).toBeLessThan(HEALED_MS);
  for (const client of [bob, cid, ...adas]) client.socket.terminate();
});
