import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { apiStage, problem } from './testing/api-stage.js';

const stage = apiStage();
const WRONG = { 'X-API-Key': 'a-key-that-nobody-has' };
const MEBIBYTE = 1024 * 1024;

/** Asks blue, or green, with a wrong key. */
const guess = (api = stage.api, headers: Readonly<Record<string, string>> = {}) =>
  api.ask('history', { channel: 'room' }, { ...WRONG, ...headers });

describe('whoever has no good key', () => {
  it('[api-1] answers a stranger before the body is there, and goes on with the connection', async () => {
    const socket = connect(stage.blue.port, '127.0.0.1');
    const answer = async (): Promise<string> => String((await once(socket, 'data'))[0]);
    const head = ['POST /api/batch HTTP/1.1', 'Host: x', 'X-API-Key: a-key-that-nobody-has'];
    socket.write(`${[...head, `Content-Length: ${3 * MEBIBYTE}`].join('\r\n')}\r\n\r\n{`);
    expect(await answer()).toMatch(/^HTTP\/1\.1 401 [^]*urn:switchyard:problem:unauthorized/);
    socket.write(Buffer.alloc(3 * MEBIBYTE - 1, ' '));
    socket.write('GET /version HTTP/1.1\r\nHost: x\r\n\r\n');
    expect(await answer()).toMatch(/^HTTP\/1\.1 200 /);
    socket.destroy();
  });

  it('[api-1] has whoever tries many wait, on every worker, and nobody with a good one', async () => {
    for (let n = 0; n < 3; n += 1) expect((await guess()).status).toBe(401);
    const slowed = await guess();
    expect(slowed).toMatchObject(problem('too_many_attempts', 'too many wrong keys: wait 1 s'));
    expect(slowed.headers.get('retry-after')).toBe('1');
    for (const api of [stage.api, stage.other]) expect((await api.ask('info')).status).toBe(200);
    expect((await guess(stage.api, { 'X-API-Key': '' })).status).toBe(401);
    expect((await guess(stage.api, { 'X-Real-IP': '203.0.113.7' })).status).toBe(401);
    // The second wait is 2 s: long enough to be met on another worker.
    await expect.poll(async () => (await guess()).status, { timeout: 5_000 }).toBe(401);
    await expect.poll(async () => (await guess(stage.other)).status).toBe(429);
    expect(stage.blue.logs.filter(({ event }) => event === 'api_key_refused')).toHaveLength(5);
    expect(JSON.stringify(stage.blue.logs)).not.toContain(WRONG['X-API-Key']);
  });
});
