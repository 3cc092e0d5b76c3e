import * as fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { fakeClient } from './testing/fake-client.js';
import type { FakeServer, FakeSocket } from './testing/fake-server.js';

type World = ReturnType<typeof fakeClient> & { readonly answers: Promise<unknown>[] };
type Deed = (world: World) => void;

/** Of the newest socket, or one before it. */
const socketOf = ({ sockets }: FakeServer, back: number): FakeSocket | undefined => sockets.at(-1 - back);

/** As a good server would, or with this error. */
const answer = (socket: FakeSocket, { type, id, channel }: Readonly<Record<string, unknown>>, code?: string): void => {
  const place = { id, channel, epoch: 'e1', offset: 30 };
  if (code !== undefined) socket.say({ type: 'error', id, code, message: 'no' });
  else if (type === 'publish') socket.say({ type: 'ack', ...place, message_count: 1 });
  else if (type === 'subscribe') socket.say({ type: 'subscribed', ...place, recovered: false });
  else if (type === 'history') socket.say({ type: 'history', ...place, publications: [], more: false });
};

const back = fc.nat(2);
const channel = fc.constantFrom('a', 'b');
const numbers = fc.constantFrom(0, -1, 0.1, 1, 60, 1e12, 1e300);
const lie = fc.oneof(
  fc.record({
    type: fc.constant('system.reconnect'),
    after_ms: numbers,
    deadline_ms: numbers,
    reason: fc.constant('x'),
  }),
  // One that asks for years is given them.
  fc
    .constantFrom(0, -1, 0.1, 60)
    .map((retry_after) => ({ type: 'system.rate_limited', retry_after, violations: 1, limit: 1, window: 1 })),
  fc.record({ type: fc.constant('subscribed'), channel, epoch: channel, offset: fc.nat(9), recovered: fc.boolean() }),
);
const welcoming = fc.tuple(back, numbers).map(([n, heartbeat_interval]): Deed => ({ server }) => {
  socketOf(server, n)?.welcome({ heartbeat_interval });
});
const lying = fc.tuple(back, lie).map(
  ([n, frame]): Deed =>
    ({ server }) =>
      socketOf(server, n)?.say(frame),
);
const telling = fc.tuple(back, channel, fc.nat(20)).map(([n, name, offset]): Deed => ({ server }) => {
  socketOf(server, n)?.messages(name, [offset]);
});
const errors = fc.constantFrom(undefined, 'internal', 'overloaded', 'unavailable', 'forbidden');
const answering = fc.tuple(back, errors).map(([n, code]): Deed => ({ server }) => {
  const socket = socketOf(server, n);
  const frame = socket?.sent.findLast(({ id }) => id !== undefined);
  if (socket !== undefined && frame !== undefined) answer(socket, frame, code);
});
const codes = fc.constantFrom(1000, 1006, 1012, 1013, 4401, 4409, 4413, 4429);
const ending = fc.tuple(back, codes).map(
  ([n, code]): Deed =>
    ({ server }) =>
      socketOf(server, n)?.end(code),
);
const passing = fc.constantFrom(0, 1, 100, 1_000, 6_000, 30_000).map(
  (ms): Deed =>
    () =>
      void vi.advanceTimersByTime(ms),
);
const publishing = fc.constant<Deed>(({ client, answers }) => answers.push(client.publish('a', 1).catch(() => {})));
const happening = fc.constantFrom<Deed>(
  ({ surroundings }) => surroundings.goOffline(),
  ({ surroundings }) => surroundings.goOnline(),
  ({ surroundings }) => surroundings.becomeVisible(),
  ({ client, answers }) => answers.push(client.history('a').catch(() => {})),
  ({ client }) => void client.subscribe('a', () => {}),
  ({ client }) => void client.subscribe('b', () => {}).unsubscribe(),
);
/** Ends are rare, or the client would be closed before anything happens. */
const deed = fc.oneof(
  { weight: 1, arbitrary: ending },
  ...[welcoming, lying, telling, answering, passing, publishing, happening].map((arbitrary) => ({
    weight: 4,
    arbitrary,
  })),
);

/** Serves every socket as it should, for a while. */
const serveWell = ({ client, server }: World): void => {
  const served = new Set<FakeSocket>();
  for (let second = 0; second < 120 && client.state !== 'closed'; second += 1) {
    vi.advanceTimersByTime(1_000);
    for (const socket of server.sockets) {
      if (!served.has(socket)) socket.welcome({ heartbeat_interval: 0 });
      served.add(socket);
      for (const frame of socket.sent.splice(0)) answer(socket, frame);
    }
  }
};

it('whatever a server did, is served and has every answer as soon as it behaves, and leaves nothing behind', async () => {
  const eachIn = fc.array(deed, { minLength: 5, maxLength: 80 });
  await fc.assert(
    fc.asyncProperty(eachIn, fc.boolean(), async (deeds, isClosedThen) => {
      const world: World = { ...fakeClient({ queue: { limit: 5, whenFull: 'drop-oldest' } }), answers: [] };
      for (const act of deeds) act(world);
      const { client, surroundings } = world;
      if (isClosedThen) await client.close();
      surroundings.goOnline();
      if (!isClosedThen) serveWell(world);
      expect(client.state).toMatch(/^(live|moving|closed)$/);
      await Promise.all(world.answers);
      await client.close();
      expect(vi.getTimerCount()).toBe(0);
    }),
    { numRuns: 500 },
  );
});
