import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { SECRET, secondsFromNow, signed } from '../../services/gateway/testing/tokens.js';
import { connect } from '../../services/client/node.js';
import { fellShort, TestStack } from './stack.js';

let stack: TestStack;
beforeAll(async () => {
  stack = await TestStack.up({ MODE: 'production', JWT_SECRET: SECRET, PROBES: '10' });
});
afterAll(() => stack.close());

/** How a handshake through nginx ends: its HTTP status, or the code of its close. */
const knock = (path: string, headers: Readonly<Record<string, string>> = {}): Promise<number> =>
  new Promise((resolve) => {
    const socket = new WebSocket(`${stack.socketUrl}${path}`, { headers });
    socket.on('error', () => undefined);
    socket.on('unexpected-response', (_request, { statusCode = 0 }) => resolve(statusCode));
    socket.on('close', (code) => resolve(code));
  });

test('in production a stack deploys, moves clients with tokens, and lets nobody else in', async () => {
  const token = async () => signed({ sub: 'ada', exp: secondsFromNow(600) });
  const client = connect({ url: stack.url, token });
  const heard: unknown[] = [];
  await client.subscribe('user:ada:inbox', ({ data }) => heard.push(data)).ready;
  await client.publish('user:ada:inbox', 'before');

  const moved = new Promise<void>((resolve) => client.on('opened', ({ move }) => move && resolve()));
  const result = await stack.promote();
  expect(result).toMatchObject({ outcome: 'done', active: 'green', deploys: [{ moved: 1 }] });
  expect(fellShort(result)).toEqual([]);
  await moved;
  await client.publish('user:ada:inbox', 'after');
  await expect.poll(() => heard).toEqual(['before', 'after']);
  expect([client.clientId, client.color]).toEqual(['ada', 'green']);

  expect(await knock('/ws')).toBe(4401);
  expect(await knock(`/ws/bob?token=${await token()}`)).toBe(4403);
  expect(await knock('/ws', { Origin: 'https://evil.example' })).toBe(403);
  expect(await knock('/ws', { Origin: stack.url })).toBe(4401);
  const logs = await stack.run(['logs'], { FOLLOW: '0', LINES: '2000' });
  expect(logs.output).toContain('websocket_unauthorized');
  for (const secret of [SECRET, (await token()).split('.')[0] ?? '']) expect(logs.output).not.toContain(secret);
  await client.close();
});
