import { describe, expect, it } from 'vitest';
import { startWorker } from '../../testing/worker.js';
import { problemType } from './problem.js';
import { ApiClient } from './testing/api-client.js';
import { ALL, apiStage, problem, READER, TOKEN } from './testing/api-stage.js';

const stage = apiStage();

describe('who may ask the API', () => {
  it.each([
    ['X-API-Key', ALL],
    ['Authorization', `Bearer ${ALL}`],
    ['Authorization', `bearer ${ALL}`],
  ])('[api-1] takes a key in %s', async (name, value) => {
    const { status } = await stage.api.ask('publish', { channel: 'room', data: 1 }, { 'X-API-Key': '', [name]: value });
    expect(status).toBe(200);
  });

  it.each([{ 'X-API-Key': '' }, { 'X-API-Key': `${ALL}x` }, { 'X-API-Key': '', Authorization: ALL }])(
    '[api-1] refuses who gives no key, or another: %j',
    async (headers) => {
      const answer = await stage.api.ask('publish', { channel: 'room', data: 1 }, headers);
      expect(answer).toMatchObject(problem('unauthorized', 'X-API-Key'));
      expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    },
  );

  it('[api-1] tells a stranger nothing else', async () => {
    const answer = await stage.api.ask('publish', 'no json', { 'X-API-Key': '', 'Idempotency-Key': 'x'.repeat(65) });
    expect(answer).toMatchObject(problem('unauthorized', 'X-API-Key'));
  });

  it('[api-1] a key may do what its scopes say, in a batch too', async () => {
    await stage.api.ask('publish', { channel: 'room', data: 1 });
    const headers = { 'X-API-Key': READER };
    expect((await stage.api.ask('history', { channel: 'room' }, headers)).status).toBe(200);
    const refused = await stage.api.ask('publish', { channel: 'room', data: 2 }, headers);
    expect(refused.status).toBe(403);
    expect(refused).toMatchObject(problem('forbidden', 'publish needs the scope publish; the key reader has history'));
    const commands = [{ publish: { channel: 'room', data: 2 } }, { history: { channel: 'room' } }];
    const { body } = await stage.api.ask('batch', { commands }, headers);
    expect(body['answers']).toMatchObject([
      { problem: { type: problemType('forbidden') } },
      { result: { offset: 1, publications: [{ data: 1 }] } },
    ]);
  });

  it('[api-1] without keys all is refused in words, but to the stack itself', async () => {
    const lone = await startWorker(() => stage.cluster.broker('lone'), { CONTROL_TOKEN: TOKEN });
    const asked = await ApiClient.of(lone.http, ALL);
    const refused = await asked.ask('publish', { channel: 'room', data: 1 });
    expect(refused.status).toBe(403);
    expect(refused).toMatchObject(problem('no_keys', 'API_KEYS is not set'));
    const headers = { Authorization: `Bearer ${TOKEN}` };
    expect((await asked.ask('publish', { channel: 'room', data: 1 }, headers)).status).toBe(200);
    await lone.app.stop();
  });

  it('[api-1] no key is in a log line', async () => {
    await stage.api.ask('publish', { channel: 'room', data: 1 });
    await stage.api.ask('publish', { channel: 'room', data: 1 }, { 'X-API-Key': `${ALL}x` });
    const lines = JSON.stringify([...stage.blue.logs, ...stage.green.logs]);
    expect(lines).toContain('"api_caller":"all"');
    expect(lines).not.toContain(ALL);
  });
});
