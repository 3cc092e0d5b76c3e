import { describe, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { report } from '../../../../examples/tasks/report.js';
import { defineTask } from '../../../task-queue/definition.js';
import { eventsOf, taskStage, type TaskStage } from '../../../tasks/testing/stage.js';
import { DEFAULT_LIMITS } from '../../broker/broker.js';
import { createRedisBroker } from '../../broker/redis/redis-broker.js';
import { createMemoryCluster } from '../../broker/memory/memory-cluster.js';
import { TestClient } from '../../testing/client.js';
import { startWorker, type TestWorker } from '../../testing/worker.js';
import { ApiClient } from './testing/api-client.js';
import { ALL, problem, READER, TOKEN } from './testing/api-stage.js';

const SETTINGS = { API_KEYS: `all:${ALL}:*,reader:${READER}:history`, CONTROL_TOKEN: TOKEN, ADMIN_PASSWORD: 'sesame' };
const fails = defineTask({
  name: 'fails',
  schema: z.strictObject({}),
  run: () => Promise.reject(new Error('as it says')),
});

const gateway = async (
  mostWaiting?: number,
): Promise<Readonly<{ stage: TaskStage; worker: TestWorker; api: ApiClient }>> => {
  const stage = await taskStage([report, fails], {}, mostWaiting);
  const worker = await startWorker(
    (workerId) => createRedisBroker({ url: stage.redis.url, workerId, limits: DEFAULT_LIMITS }),
    SETTINGS,
    { tasks: stage.queue },
  );
  onTestFinished(() => worker.app.stop());
  return { stage, worker, api: await ApiClient.of(worker.http, ALL) };
};

const get = async (url: string, headers: Readonly<Record<string, string>>) => {
  const response = await fetch(url, { headers });
  return { status: response.status, body: (await response.json()) as Readonly<Record<string, unknown>> };
};
const started = (body: Readonly<Record<string, unknown>>): string => (body['task'] as Readonly<{ id: string }>).id;

describe('tasks in the HTTP API', () => {
  test('[api-14] one is started, watched on its channel, found, and listed; the same key starts it once', async () => {
    const { stage, worker, api } = await gateway();
    const order = { name: 'report', data: { seconds: 0.2, steps: 4 } };
    const first = await api.ask('tasks', order, { 'Idempotency-Key': 'monday' });
    expect(first).toMatchObject({ status: 200, body: { task: { state: 'waiting', attempt: 0 }, duplicate: false } });
    const id = started(first.body);
    const again = await api.ask('tasks', order, { 'Idempotency-Key': 'monday' });
    expect(again.body).toMatchObject({ task: { id }, duplicate: true });
    const named = await api.ask('tasks', { ...order, idempotency_key: 'monday' });
    expect(named.body).toMatchObject({ task: { id }, duplicate: true });
    const reused = await api.ask('tasks', { ...order, data: { seconds: 0.3 } }, { 'Idempotency-Key': 'monday' });
    expect(reused).toMatchObject(problem('key_reused', `task ${id} is there already: with other data`));
    const client = await TestClient.connect(`${worker.ws}/ws`);
    await client.subscribe(`task:${id}`);
    await stage.startWorker();
    expect(await client.next('message')).toMatchObject({ from: 'tasks', data: { task: id, event: 'started' } });
    const told = await stage.storyUntil(id, 'done');
    expect(eventsOf(told).filter((event) => event === 'progress')).toHaveLength(4);
    const key = { 'X-API-Key': ALL };
    await expect
      .poll(() => get(`${worker.http}/api/tasks/${id}`, key))
      .toMatchObject({ status: 200, body: { id, state: 'done', progress: { n: 4, of: 4 } } });
    expect(await get(`${worker.http}/api/tasks?state=done&limit=5`, key)).toMatchObject({ body: { tasks: [{ id }] } });
    expect(await get(`${worker.http}/api/tasks?state=failed`, key)).toEqual({ status: 200, body: { tasks: [] } });
    await client.close();
  });

  test('[api-15] cancel and retry answer with the task, and say why not', async () => {
    const { stage, api } = await gateway();
    const waiting = started((await api.ask('tasks', { name: 'fails' })).body);
    const cancel = (id: string) => stage.queue.cancel(id);
    await cancel(waiting);
    await stage.startWorker();
    const failing = started((await api.ask('tasks', { name: 'fails' })).body);
    await stage.storyUntil(failing, 'failed');
    await expect.poll(() => stage.queue.get(failing)).toMatchObject({ state: 'failed', error: 'as it says' });
    await expect.poll(async () => (await stage.queue.get(waiting))?.ended_at).not.toBeNull();
    const ask = async (id: string, verb: string) => {
      const response = await fetch(`${api.http}/api/tasks/${id}/${verb}`, {
        method: 'POST',
        headers: { 'X-API-Key': ALL },
      });
      return { status: response.status, body: await response.json() };
    };
    expect(await ask(failing, 'cancel')).toMatchObject(problem('conflict', `task ${failing} is failed`));
    expect(await ask(failing, 'retry')).toMatchObject({ status: 200, body: { id: failing } });
    expect(await ask('nobody', 'cancel')).toMatchObject(problem('not_found', 'there is no task nobody'));
    expect(eventsOf(await stage.storyUntil(failing, 'retried'))).toContain('retried');
  });

  test('[api-14] where too many tasks wait no more is started', async () => {
    const { api } = await gateway(1);
    const first = await api.ask('tasks', { name: 'fails' });
    expect(first).toMatchObject({ status: 200 });
    const refused = await api.ask('tasks', { name: 'fails' });
    expect(refused).toMatchObject(problem('overloaded', '1 tasks wait, and MAX_TASKS_WAITING is 1'));
    expect(refused.headers.get('retry-after')).toBe('1');
  });

  test('[api-14] unknown names, wrong data and keys without the scope are refused in words', async () => {
    const { worker, api } = await gateway();
    expect(await api.ask('tasks', { name: 'other' })).toMatchObject(
      problem('invalid_field', 'no task is called other: there are report, fails', 'name'),
    );
    expect(await api.ask('tasks', { name: 'report', data: { steps: 'x' } })).toMatchObject(
      problem('invalid_field', /^data\.steps: /, 'data.steps'),
    );
    expect(await api.ask('tasks', { name: 'report', data: 7 })).toMatchObject(
      problem('invalid_field', /^data: Invalid input: expected object, received number$/, 'data'),
    );
    expect(await api.ask('tasks', { name: 'fails', data: null })).toMatchObject(
      problem('invalid_field', /^data: .*received null$/, 'data'),
    );
    expect(await api.ask('tasks', { name: 'fails', data: { more: 1 } })).toMatchObject(
      problem('invalid_field', 'data.more: is not a field of data', 'data.more'),
    );
    expect(await api.ask('tasks', { name: 'report', more: 1 })).toMatchObject(
      problem('invalid_field', 'more: is not a field', 'more'),
    );
    const reader = await ApiClient.of(worker.http, READER);
    expect(await reader.ask('tasks', { name: 'report' })).toMatchObject(problem('forbidden', 'needs the scope tasks'));
    expect(await get(`${worker.http}/api/tasks?state=lost`, { 'X-API-Key': ALL })).toMatchObject(
      problem('invalid_field', 'state: must be one of waiting', 'state'),
    );
  });

  test.each([
    ['DELETE', '', 'POST, GET'],
    ['PUT', '/t1', 'GET'],
    ['POST', '/t1/', 'GET'],
    ['GET', '/t1/cancel', 'POST'],
    ['DELETE', '/t1/retry', 'POST'],
  ])('[api-9] %s of /api/tasks%s is refused, with what it is asked for', async (method, path, allow) => {
    const cluster = createMemoryCluster();
    const { app, http } = await startWorker((id) => cluster.broker(id), SETTINGS);
    onTestFinished(() => app.stop());
    const answer = await fetch(`${http}/api/tasks${path}`, { method });
    const told = { status: answer.status, body: await answer.json() };
    expect(told).toMatchObject(
      problem('method_not_allowed', `/api/tasks${path} is asked for with ${allow.replace(', ', ' or ')}`),
    );
    expect(answer.headers.get('allow')).toBe(allow);
    const nothing = await fetch(`${http}/api/tasks/t1/pause`, { method });
    expect(nothing.status).toBe(404);
  });

  test('a worker without Redis says that it has no queue', async () => {
    const cluster = createMemoryCluster();
    const { app, http } = await startWorker((id) => cluster.broker(id), SETTINGS);
    onTestFinished(() => app.stop());
    const api = await ApiClient.of(http, ALL);
    expect(await api.ask('tasks', { name: 'report' })).toMatchObject(problem('no_tasks', 'REDIS_URL is not set'));
  });

  test('the admin API has the same behind its login', async () => {
    const { worker } = await gateway();
    const url = `${worker.http}/admin/api/tasks`;
    expect((await fetch(url)).status).toBe(401);
    const login = await fetch(`${worker.http}/admin/login`, {
      method: 'POST',
      headers: { Origin: worker.http },
      body: JSON.stringify({ password: 'sesame' }),
    });
    const cookie = login.headers.get('set-cookie')?.split(';')[0] ?? '';
    const response = await fetch(url, {
      method: 'POST',
      headers: { Cookie: cookie, Origin: worker.http },
      body: JSON.stringify({ name: 'report', data: { seconds: 1 } }),
    });
    const { task } = (await response.json()) as { task: { id: string } };
    expect(await get(url, { Cookie: cookie })).toMatchObject({ status: 200, body: { tasks: [{ id: task.id }] } });
    const foreign = await fetch(`${url}/${task.id}/cancel`, { method: 'POST', headers: { Cookie: cookie } });
    expect(foreign.status).toBe(403);
    const own = await fetch(`${url}/${task.id}/cancel`, {
      method: 'POST',
      headers: { Cookie: cookie, Origin: worker.http },
    });
    expect(await own.json()).toMatchObject({ state: 'cancelled' });
  });
});
