import { describe, expect, it } from 'vitest';
import { ALL, apiStage } from './testing/api-stage.js';

const stage = apiStage();

describe('the OpenAPI document', () => {
  it('[api-10] has every command that the server answers, and is of its release', async () => {
    const { document } = stage.api;
    expect(document).toMatchObject({ openapi: '3.1.0', info: { version: 'dev' } });
    const names =
      'publish broadcast send history presence channels stats info subscribe unsubscribe disconnect batch'.split(' ');
    const commands = names.map((name) => `/api/${name}`);
    const tasks = ['', '/{id}', '/{id}/cancel', '/{id}/retry'].map((path) => `/api/tasks${path}`);
    expect(Object.keys(document.paths).toSorted()).toEqual([...commands, ...tasks].toSorted());
    for (const path of commands) {
      const response = await fetch(`${stage.blue.http}${path}`, {
        method: 'POST',
        headers: { 'X-API-Key': ALL },
        body: '{',
      });
      expect(response.status).toBe(400);
    }
  });

  it('[api-10] takes the requests that the server takes, and no others', async () => {
    for (const [name, body] of [
      ['publish', { channel: 'a', data: 1 }],
      ['publish', { channel: 'a b', data: 1 }],
      ['publish', { channel: 'a' }],
      ['publish', { channel: 'a', data: null, from: 'x', idempotency_key: 'k' }],
      ['publish', { channel: 'a', data: 1, more: 1 }],
      ['broadcast', { channels: ['a', 'b'], data: {} }],
      ['broadcast', { channels: [], data: {} }],
      ['history', { channel: 'a', limit: 10, since: { epoch: 'e', offset: 0 } }],
      ['history', { channel: 'a', limit: 1.5 }],
      ['channels', {}],
      ['presence', { channel: 'a', cursor: '12' }],
      ['presence', { channel: 'a', cursor: 'x' }],
      ['send', { client_id: 'a', data: 1 }],
      ['send', { client_id: 'a' }],
      ['subscribe', { client_id: 'a', channel: 'b' }],
      ['unsubscribe', { client_id: 'a', channel: 'b' }],
      ['disconnect', { client_id: 'a' }],
      ['stats', {}],
      ['stats', { a: 1 }],
      ['batch', { commands: [{ stats: {} }, { publish: { channel: 'a', data: 1 } }] }],
      ['batch', { commands: [] }],
    ] as const) {
      const { status } = await stage.api.ask(name, body);
      expect([name, body, stage.api.takes(name, body)]).toEqual([name, body, status === 200]);
    }
  });
});
