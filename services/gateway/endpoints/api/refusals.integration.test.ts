import { describe, expect, it, vi } from 'vitest';
import { BrokerOverloaded } from '../../broker/channel-log.js';
import { problemType } from './problem.js';
import { ALL, apiStage, problem, TOKEN } from './testing/api-stage.js';

const stage = apiStage();

describe('what the API refuses', () => {
  it.each([
    ['publish', 'no json', 'invalid_json', 'JSON', undefined],
    ['publish', [], 'invalid_field', 'the body', undefined],
    ['publish', '['.repeat(200) + ']'.repeat(200), 'invalid_field', '128 levels', undefined],
    ['publish', { data: 1 }, 'invalid_field', 'channel: must be of the form', 'channel'],
    ['publish', { channel: 7, data: 1 }, 'invalid_field', 'channel: must be of the form', 'channel'],
    ['publish', { channel: '~plain', data: 1 }, 'invalid_field', 'channel: must be', 'channel'],
    ['publish', { channel: 'a' }, 'invalid_field', 'data: is missing', 'data'],
    ['publish', { channel: 'a', data: 1, form: 'x' }, 'invalid_field', 'form: is not a field', 'form'],
    ['publish', { channel: 'a', data: 1, from: 'a b' }, 'invalid_field', 'from: must be', 'from'],
    ['publish', { channel: 'a', data: 1, idempotency_key: '' }, 'invalid_field', '1 to 64', 'idempotency_key'],
    ['broadcast', { channels: [], data: 1 }, 'invalid_field', '1 to 100', 'channels'],
    ['broadcast', { channels: ['a', 'b c'], data: 1 }, 'invalid_field', /^channels\[1\]: must/, 'channels[1]'],
    ['history', { channel: 'a', limit: 0 }, 'invalid_field', 'limit: must be a whole number from 1 to 1000', 'limit'],
    ['history', { channel: 'a', since: { epoch: 'e' } }, 'invalid_field', 'since.offset: must', 'since.offset'],
    ['channels', { limit: 1000 }, 'invalid_field', '1 to 200', 'limit'],
    ['send', { client_id: 'a b', data: 1 }, 'invalid_field', 'client_id: must be of the form', 'client_id'],
    ['subscribe', { client_id: 'a', channel: 'b c' }, 'invalid_field', 'channel: must be of the form', 'channel'],
    ['disconnect', {}, 'invalid_field', 'client_id: must be of the form', 'client_id'],
    ['presence', { channel: 'a', limit: 0 }, 'invalid_field', '1 to 1000', 'limit'],
    ['stats', { scope: 'worker' }, 'invalid_field', 'scope: is not a field', 'scope'],
    ['batch', {}, 'invalid_field', 'commands: must be a list', 'commands'],
    ['batch', { commands: [] }, 'invalid_field', 'commands: must be a list', 'commands'],
  ] as const)('[api-8] %s of %j: %s', async (name, body, kind, words, field) => {
    const answer = await stage.api.ask(name, body);
    expect(answer.status).toBe(400);
    expect(answer).toMatchObject(problem(kind, words, field));
  });

  it('[api-8] an idempotency key that is too long', async () => {
    const headers = { 'Idempotency-Key': 'x'.repeat(65) };
    const answer = await stage.api.ask('publish', { channel: 'a', data: 1 }, headers);
    expect(answer).toMatchObject(problem('invalid_field', 'Idempotency-Key', 'Idempotency-Key'));
  });

  it.each([
    ['empty', ''],
    ['beyond ASCII, of which nothing arrives', '\u043a\u043b\u044e\u0447'],
    ['with a letter beyond ASCII inside', 'caf\u00e9s'],
    ['with a space', 'order 17'],
  ])('[api-3] an Idempotency-Key that is %s, of which nothing is published', async (_what, key) => {
    const headers = { 'Idempotency-Key': Buffer.from(key).toString('latin1') };
    const answer = await stage.api.ask('publish', { channel: 'a', data: 1 }, headers);
    expect(answer).toMatchObject(problem('invalid_field', 'visible characters of ASCII', 'Idempotency-Key'));
    expect((await stage.api.ask('history', { channel: 'a' })).body).toMatchObject({ publications: [] });
  });

  it('[api-8] a message over 64 KiB, and takes one that fits', async () => {
    const room = 64 * 1024 - JSON.stringify({ channel: 'a', data: '' }).length;
    expect((await stage.api.ask('publish', { channel: 'a', data: 'x'.repeat(room) })).status).toBe(200);
    const answer = await stage.api.ask('publish', { channel: 'a', data: 'x'.repeat(room + 1) });
    expect(answer.status).toBe(413);
    expect(answer).toMatchObject(problem('too_large', '64 KiB'));
  });

  it('[api-8] a message that is not UTF-8, of which nothing is published', async () => {
    const body = Buffer.from('{"channel":"a","data":"caf\u00e9"}', 'latin1');
    const answer = await stage.api.ask('publish', body);
    expect(answer).toMatchObject(problem('invalid_json', 'UTF-8'));
    expect((await stage.api.ask('history', { channel: 'a' })).body).toMatchObject({ publications: [] });
  });

  it.each(['GET', 'DELETE', 'PUT', 'PATCH', 'OPTIONS'])(
    '[api-9] %s of a command, and tells it as a problem',
    async (method) => {
      const answer = await fetch(`${stage.blue.http}/api/publish`, { method });
      expect({ status: answer.status, body: await answer.json() }).toMatchObject(problem('method_not_allowed', 'POST'));
      expect(Object.fromEntries(answer.headers)).toMatchObject({
        'content-type': 'application/problem+json',
        allow: 'POST',
        'x-content-type-options': 'nosniff',
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      });
    },
  );

  it('[task-5] what would pass for the story of a task, by everybody and in every command', async () => {
    const data = { task: 't1', name: 'report', event: 'failed', error: 'no' };
    const elsewhere = { channel: 'room', data, from: 'tasks' };
    const told = /^task:t1 tells of tasks: nobody else publishes there/;
    expect(await stage.api.ask('publish', { channel: 'task:t1', data })).toMatchObject(problem('forbidden', told));
    const operator = { Authorization: `Bearer ${TOKEN}` };
    expect(await stage.api.ask('publish', { channel: 'tasks', data }, operator)).toMatchObject(
      problem('forbidden', /^tasks tells of tasks/),
    );
    expect(await stage.api.ask('publish', elsewhere)).toMatchObject(problem('forbidden', /^from: tasks is who/));
    expect(await stage.api.ask('send', { client_id: 'ada', data, from: 'tasks' })).toMatchObject(
      problem('forbidden', /^from: tasks is who/),
    );
    const { body } = await stage.api.ask('broadcast', { channels: ['room', 'task:t1'], data });
    expect(body['results']).toMatchObject([{ offset: 1 }, { problem: { type: problemType('forbidden') } }]);
    const batch = await stage.api.ask('batch', { commands: [{ publish: elsewhere }] });
    expect(batch.body['answers']).toMatchObject([{ problem: { type: problemType('forbidden') } }]);
    expect((await stage.api.ask('history', { channel: 'task:t1' })).body).toMatchObject({ publications: [] });
  });

  it('[api-9] while Redis is away: the outcome is unknown, and when to ask again', async () => {
    stage.cluster.disconnect();
    for (const [name, body] of [
      ['publish', { channel: 'a', data: 1 }],
      ['history', { channel: 'a' }],
      ['channels', {}],
      ['stats', {}],
      ['info', {}],
    ] as const) {
      const answer = await stage.api.ask(name, body);
      expect(answer).toMatchObject(problem('unavailable', 'whether it was done is not known'));
      expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
    }
    stage.cluster.reconnect();
  });

  it('[api-9] while too many messages wait: nothing was done', async () => {
    vi.spyOn(stage.blueBroker.log, 'publish').mockRejectedValue(new BrokerOverloaded('full'));
    const answer = await stage.api.ask('publish', { channel: 'a', data: 1 });
    expect(answer).toMatchObject(problem('overloaded', 'nothing was done'));
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '1']);
  });

  it('[api-9] what is a defect of the server is logged, and says no more than that', async () => {
    vi.spyOn(stage.blueBroker.log, 'publish').mockRejectedValue(new Error('inner words'));
    const answer = await stage.api.ask('publish', { channel: 'a', data: 1 });
    expect(answer).toMatchObject(problem('internal', 'not known'));
    const { body } = await stage.api.ask('batch', { commands: [{ publish: { channel: 'a', data: 1 } }] });
    expect(body['answers']).toMatchObject([{ problem: { type: problemType('internal') } }]);
    expect(JSON.stringify([answer.body, body])).not.toContain('inner words');
    expect(stage.blue.logs.filter(({ event }) => event === 'api_failed')).toMatchObject([
      { command: 'publish' },
      { command: 'publish' },
    ]);
  });

  it('[api-8] paths and methods that there are not', async () => {
    const get = await fetch(`${stage.blue.http}/api/publish`, { headers: { 'X-API-Key': ALL } });
    expect([get.status, get.headers.get('allow')]).toEqual([405, 'POST']);
    expect(await get.json()).toMatchObject({ type: problemType('method_not_allowed') });
    for (const path of ['fly', 'publish/more', '']) {
      const nothing = await fetch(`${stage.blue.http}/api/${path}`, { method: 'POST', body: '{}' });
      expect(nothing.status).toBe(404);
      expect(await nothing.json()).toMatchObject({ type: problemType('not_found') });
    }
  });
});
