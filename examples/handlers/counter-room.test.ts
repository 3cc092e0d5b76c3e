import { expect, it } from 'vitest';
import { press } from './counter-room.js';
import { fakeContext } from './testing/fake-context.js';

it('counts the presses of a room', async () => {
  const context = fakeContext();
  await press.handle(context, { room: 'lobby' });
  await press.handle(context, { room: 'lobby' });
  expect(context.publish.mock.calls).toEqual([
    ['counter:lobby', { by: 'ada' }],
    ['counter:lobby', { by: 'ada' }],
  ]);
  expect(context.reply.mock.calls).toEqual([[{ room: 'lobby', count: 1 }], [{ room: 'lobby', count: 2 }]]);
});

it.each([undefined, {}, { room: 7 }, { room: '' }, { room: 'Lobby' }, { room: 'a:b' }])('takes no %j', (data) => {
  expect(press.schema.safeParse(data).success).toBe(false);
});
