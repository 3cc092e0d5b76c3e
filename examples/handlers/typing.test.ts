import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { fakeContext, sessionOf } from './testing/fake-context.js';
import { start, stop } from './typing.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const typing = { client_id: 'ada', typing: true, seconds: 5 };

it('tells at the first key, and again while it goes on, but not at each', async () => {
  const context = fakeContext();
  for (let key = 0; key < 30; key += 1) {
    await start.handle(context, { room: 'lobby' });
    vi.advanceTimersByTime(100);
  }
  expect(context.publish.mock.calls).toEqual([
    ['typing:lobby', typing],
    ['typing:lobby', typing],
  ]);
});

it('tells of another room, and of another connection, at once', async () => {
  const [ada, eve] = [fakeContext(), fakeContext(sessionOf('eve'))];
  await start.handle(ada, { room: 'lobby' });
  await start.handle(ada, { room: 'attic' });
  await start.handle(eve, { room: 'lobby' });
  expect(ada.publish.mock.calls.map(([channel]) => channel)).toEqual(['typing:lobby', 'typing:attic']);
  expect(eve.publish.mock.calls).toEqual([['typing:lobby', { ...typing, client_id: 'eve' }]]);
});

it('tells of the end, and of who begins again right after it', async () => {
  const context = fakeContext();
  for (const handler of [start, stop, start]) await handler.handle(context, { room: 'lobby' });
  expect(context.publish.mock.calls.map(([, data]) => data)).toEqual([
    typing,
    { client_id: 'ada', typing: false },
    typing,
  ]);
});
