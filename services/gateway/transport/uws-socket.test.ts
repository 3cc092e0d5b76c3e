import { describe, expect, it } from 'vitest';
import type { WebSocket } from 'uWebSockets.js';
import { Backlog } from './backlog.js';
import { UwsSocket, type UserData } from './uws-socket.js';

const LIMIT = 1_000;

/** A socket whose client reads when the test says so. */
const setUp = () => {
  const given = { buffered: 0, sent: [] as string[], ends: [] as string[], corked: false, overflows: 0 };
  const ws = {
    // As uWebSockets.js says it: 1 where nothing waits, 0 where something does.
    send: (text: string) => {
      given.sent.push(text);
      return given.buffered === 0 ? 1 : 0;
    },
    getBufferedAmount: () => given.buffered,
    cork: (write: () => void) => {
      given.corked = true;
      write();
      given.corked = false;
    },
    end: () => void given.ends.push(given.corked ? 'corked' : 'not corked'),
  };
  const backlog = new Backlog();
  const owner = { handler: { overflowed: () => void (given.overflows += 1) } };
  const socket = new UwsSocket(ws as unknown as WebSocket<UserData>, backlog, LIMIT, owner);
  return { given, socket, backlog };
};

describe('UwsSocket', () => {
  it('[close-4413] is over its limit by what was sent to it alone, not by what topics bring', () => {
    const { given, socket } = setUp();
    given.buffered = 50 * LIMIT;
    socket.send('an ack');
    expect(given.overflows).toBe(0);
    socket.send('x'.repeat(LIMIT));
    expect(given.overflows).toBe(1);
  });

  it('[close-4413] counts anew when the client has read everything', () => {
    const { given, socket } = setUp();
    for (let n = 0; n < 10; n += 1) {
      given.buffered = 0;
      socket.send('x'.repeat(LIMIT / 2));
      given.buffered = 2 * LIMIT;
      socket.send('x'.repeat(LIMIT / 2));
    }
    expect(given.overflows).toBe(0);
  });

  it('is closed behind the cork in which that is asked for, once, and nothing follows', () => {
    const { given, socket } = setUp();
    socket.cork(() => {
      socket.send('goodbye');
      socket.cork(() => socket.close(1012, 'deploy'));
      socket.send('too late');
      socket.close(1000, 'again');
    });
    expect(given).toMatchObject({ sent: ['goodbye'], ends: ['not corked'] });
  });

  it('is in the backlog with what waits for its client, from when that is seen until it has been read', () => {
    const { given, socket, backlog } = setUp();
    socket.send('read at once');
    expect(backlog.bytes).toBe(0);
    given.buffered = 700;
    expect(backlog.bytes).toBe(0);
    socket.send('not read');
    expect(backlog.bytes).toBe(700);
    given.buffered = 0;
    expect(backlog.bytes).toBe(0);
    given.buffered = 900;
    expect([socket.bufferedBytes, backlog.bytes]).toEqual([900, 900]);
    socket.detach();
    expect(backlog.bytes).toBe(0);
  });

  it('does nothing after its end', () => {
    const { given, socket } = setUp();
    socket.detach();
    socket.send('late');
    socket.close(1000, 'late');
    socket.ping('late');
    socket.cork(() => given.sent.push('late'));
    expect(given).toMatchObject({ sent: [], ends: [] });
    expect(socket.bufferedBytes).toBe(0);
  });
});
