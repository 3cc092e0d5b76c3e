import { expect, it } from 'vitest';
import { fakeClient, move } from './testing/fake-client.js';
import type { FakeSocket } from './testing/fake-server.js';

const say = (socket: FakeSocket, ...ids: readonly number[]): void => {
  for (const id of ids) {
    const fields = { to: { client_id: 'ada' }, message_id: `m${id}`, from: 'bob', time: '2026-11-23T10:30:00.000Z' };
    socket.say({ type: 'message', ...fields, data: id });
  }
};

it('[send-4] hears each message to this client once, whichever connection brings it while it moves', () => {
  const { client, server } = fakeClient();
  const heard: unknown[] = [];
  client.on('message', ({ from, data }) => heard.push([from, data]));
  server.socket.welcome();
  say(server.socket, 1, 2);
  client.subscribe('room', () => {});
  const { old, next } = move(server);
  old.close = () => {};
  say(old, 3, 4);
  say(next, 4, 5);
  next.subscribed('room', 0, false);
  old.end(1000);
  // Still under way when the old one ended.
  say(next, 3, 5, 6, 7, 7);
  expect(heard).toEqual([1, 2, 3, 4, 5, 6, 7].map((n) => ['bob', n]));
});

it('sends to a client, and says how many connections were reached', async () => {
  const { client, server } = fakeClient();
  server.socket.welcome();
  const sent = client.send('bob', { hello: 1 });
  const [{ id, ...frame } = {}] = server.socket.all('send');
  expect(frame).toEqual({ type: 'send', to: { client_id: 'bob' }, data: { hello: 1 } });
  server.socket.say({ type: 'ack', id, message_count: 1, delivered: 3 });
  expect(await sent).toEqual({ delivered: 3 });
  expect(client.messageCount).toBe(1);
});
