import { describe, expect, it } from 'vitest';
import { ROOM, at, place, publication, setUp, slice, turn } from './testing/world.js';

/** Whether it has resolved yet. */
const watch = (waiting: Promise<void>) => {
  const seen = { done: false };
  void waiting.then(() => (seen.done = true));
  return seen;
};

describe('Hub.delivered', () => {
  it('[plain-2] resolves when the publication has gone out here, at once when it has already', async () => {
    const { subscriber, hub } = setUp();
    await hub.subscribe(ROOM, subscriber, undefined);
    const [first, second] = [watch(hub.delivered(ROOM, at(1))), watch(hub.delivered(ROOM, at(2)))];
    await turn();
    expect([first.done, second.done]).toEqual([false, false]);
    hub.publication(ROOM, publication(1));
    await turn();
    expect([first.done, second.done]).toEqual([true, false]);
    hub.publication(ROOM, publication(2));
    await turn();
    expect(second.done).toBe(true);
    expect(await hub.delivered(ROOM, at(1))).toBeUndefined();
  });

  it('resolves for what came from the log, too', async () => {
    const { log, subscriber, hub } = setUp();
    await hub.subscribe(ROOM, subscriber, undefined);
    const waiting = hub.delivered(ROOM, at(2));
    hub.publication(ROOM, publication(3));
    log.reads[0]?.answer(slice([1, 2, 3]));
    expect(await waiting).toBeUndefined();
  });

  it('resolves when it will not come any more: the order was broken, or nobody listens', async () => {
    const { log, subscriber, hub } = setUp();
    await hub.subscribe(ROOM, subscriber, undefined);
    const lost = hub.delivered(ROOM, at(5));
    hub.resumed();
    log.reads[0]?.answer(slice([], { top: place(3), continuous: false }));
    expect(await lost).toBeUndefined();
    const over = hub.delivered(ROOM, at(9));
    hub.stop();
    expect(await over).toBeUndefined();
    expect(await hub.delivered(ROOM, at(10))).toBeUndefined();
  });
});
