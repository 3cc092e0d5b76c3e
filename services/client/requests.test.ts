import { describe, expect, it, vi } from 'vitest';
import { fakeClient } from './testing/fake-client.js';

const pass = (ms: number): void => void vi.advanceTimersByTime(ms);

describe('asking', () => {
  it('asks for history again on the next connection', async () => {
    const { client, server } = fakeClient();
    const asked = client.history('room', { limit: 2, since: { epoch: 'e1', offset: 1 } });
    server.socket.welcome().end(1006);
    pass(500);
    server.socket.welcome();
    const [{ id, ...question } = {}] = server.socket.all('history');
    expect(question).toEqual({ type: 'history', channel: 'room', limit: 2, since: { epoch: 'e1', offset: 1 } });
    const publication = { epoch: 'e1', offset: 2, from: 'bob', data: null, time: 't' };
    const answer = { channel: 'room', epoch: 'e1', offset: 2, more: false, recovered: true };
    server.socket.say({ type: 'history', id, ...answer, publications: [publication] });
    expect(await asked).toEqual({ ...answer, publications: [{ channel: 'room', ...publication }] });
  });

  it('tells who is present', async () => {
    const { client, server } = fakeClient();
    server.socket.welcome();
    const asked = client.presence('room', { limit: 1 });
    const [{ id, ...question } = {}] = server.socket.all('presence');
    expect(question).toEqual({ type: 'presence', channel: 'room', limit: 1 });
    server.socket.say({
      type: 'presence',
      id,
      channel: 'room',
      clients: [
        { client_id: 'bob', connections: 2, joined_at: 't', info: { name: 'Bob' } },
        { client_id: 'ann', connections: 1, joined_at: 't' },
      ],
      count: 3,
      next_cursor: '7',
    });
    const clients = [
      { clientId: 'bob', connections: 2, joinedAt: 't', info: { name: 'Bob' } },
      { clientId: 'ann', connections: 1, joinedAt: 't' },
    ];
    expect(await asked).toStrictEqual({ channel: 'room', clients, count: 3, cursor: '7' });
  });

  it('tells that the server ended a subscription', () => {
    const { server, told } = fakeClient();
    server.socket.welcome().say({ type: 'unsubscribed', channel: 'room' });
    expect(told).toEqual(['live', 'error unsubscribed']);
  });

  it('passes on a refusal', async () => {
    const { client, server, told } = fakeClient();
    server.socket.welcome();
    const asked = client.presence('room');
    const [{ id } = {}] = server.socket.all('presence');
    server.socket.say({ type: 'error', id, code: 'unknown_type', message: 'unknown type' });
    server.socket.say({ type: 'error', code: 'invalid_json', message: 'not JSON' });
    await expect(asked).rejects.toMatchObject({ name: 'Refused', code: 'unknown_type' });
    expect(told).toEqual(['live', 'error invalid_json']);
  });

  it('waits for an answer of the connection that it asked, whatever happens to the other one', async () => {
    const { client, server } = fakeClient();
    client.subscribe('room', () => {});
    const old = server.socket.welcome();
    old.say({ type: 'system.reconnect', after_ms: 0, deadline_ms: 3_000, reason: 'deploy' });
    pass(0);
    const next = server.socket.welcome();
    const sent = client.send('bob', 1);
    old.end(1012);
    const { id } = next.all('send')[0] ?? {};
    next.say({ type: 'ack', id, message_count: 1, delivered: 2 });
    expect(await sent).toEqual({ delivered: 2 });
  });

  it('requests of a handler, which replies or refuses', async () => {
    const { client, server } = fakeClient();
    await expect(client.request('cart.add', 1)).rejects.toMatchObject({ name: 'ConnectionLost' });
    server.socket.welcome();
    const [asked, refused] = [client.request('cart.add', { item: 7 }), client.request('cart.add', null)];
    const [{ id, ...question } = {}, { id: other } = {}] = server.socket.all('cart.add');
    expect(question).toEqual({ type: 'cart.add', data: { item: 7 } });
    server.socket.say({ type: 'error', id: other, code: 'forbidden', message: 'members only' });
    server.socket.say({ type: 'reply', id, data: { items: [7] } });
    expect(await asked).toEqual({ items: [7] });
    await expect(refused).rejects.toMatchObject({ name: 'Refused', code: 'forbidden' });
  });

  it('waits for the reply of a handler before it leaves a connection', async () => {
    const { client, server } = fakeClient();
    const old = server.socket.welcome();
    const asked = client.request('cart.add', 1);
    old.say({ type: 'system.reconnect', after_ms: 0, deadline_ms: 3_000, reason: 'deploy' });
    pass(0);
    server.socket.welcome();
    expect(old.closedWith, 'the reply is still to come').toBeUndefined();
    old.say({ type: 'reply', id: old.all('cart.add')[0]?.['id'], data: null });
    expect(await asked).toBeNull();
    await vi.waitFor(() => expect(old.closedWith).toBe(1000));
  });

  it('sends to a client once, or says that the outcome is unknown', async () => {
    const { client, server } = fakeClient();
    await expect(client.send('bob', 1)).rejects.toMatchObject({ name: 'ConnectionLost' });
    const old = server.socket.welcome();
    const sent = client.send('bob', 1);
    old.say({ type: 'system.reconnect', after_ms: 0, deadline_ms: 3_000, reason: 'deploy' });
    pass(0);
    server.socket.welcome();
    expect(old.closedWith, 'the answer is still to come').toBeUndefined();
    const { id } = old.all('send')[0] ?? {};
    old.say({ type: 'ack', id, message_count: 1, delivered: 2 });
    expect(await sent).toEqual({ delivered: 2 });
    await vi.waitFor(() => expect(old.closedWith).toBe(1000));
    const { socket } = server;
    socket.say({ type: 'system.reconnect', after_ms: 0, deadline_ms: 3_000, reason: 'rollback' });
    pass(0);
    const lost = client.send('bob', 2);
    server.socket.end(1006);
    expect(client.state).toBe('moving');
    socket.end(1006);
    await expect(lost).rejects.toMatchObject({ name: 'ConnectionLost' });
  });
});
