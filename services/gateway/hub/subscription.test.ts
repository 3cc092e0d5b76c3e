import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ROOM, SECOND, place, publication, setUp, slice, turn } from './testing/world.js';

const PACE_MS = 100;
const SLOW = 1_000;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A subscription at offset 1 whose client reads too slowly, so that it has left the topic. */
const setUpBehind = async () => {
  const world = setUp({ paceIntervalMs: PACE_MS, slowConsumerBytes: SLOW, recentFrames: 1 });
  const { hub, subscriber } = world;
  hub.start();
  const subscription = await hub.subscribe(ROOM, subscriber, undefined);
  hub.publication(ROOM, publication(1));
  subscriber.out.bufferedBytes = SLOW + 1;
  await vi.advanceTimersByTimeAsync(PACE_MS);
  for (const offset of [2, 3, 4]) hub.publication(ROOM, publication(offset));
  return { ...world, subscription };
};

describe('Subscription of a slow client', () => {
  it('[order-1] leaves the topic at a known offset, and is brought forward from there when it has drained', async () => {
    const { hub, log, subscriber, subscription } = await setUpBehind();
    expect(subscriber.seen).toEqual(['subscribed e1:0 false', 'e1:1']);
    subscriber.out.bufferedBytes = 0;
    subscription.drained();
    await turn();
    expect(log.reads[0]?.query.since).toEqual(place(1));
    log.reads[0]?.answer(slice([2, 3, 4]));
    await turn();
    hub.publication(ROOM, publication(5));
    expect(subscriber.seen.slice(1)).toEqual(['e1:1', 'e1:2', 'e1:3', 'e1:4', 'e1:5']);
    hub.stop();
  });

  it('[resume-3] its position is what it was handed, not what others have', async () => {
    const { hub, subscription } = await setUpBehind();
    expect(subscription.position).toEqual(place(1));
    hub.stop();
  });

  it('[close-4413] is told when it has drained and the log can not be read', async () => {
    const { hub, log, subscriber, subscription } = await setUpBehind();
    subscriber.out.bufferedBytes = 0;
    subscription.drained();
    await turn();
    log.reads[0]?.refuse();
    await turn();
    expect(subscriber.seen.at(-1)).toBe('too slow');
    hub.stop();
  });

  it('[close-4413] is told at once when the order breaks meanwhile', async () => {
    const { hub, log, subscriber } = await setUpBehind();
    hub.resumed();
    log.reads[0]?.answer(slice([], { top: place(2, SECOND), continuous: false }));
    await turn();
    expect(subscriber.seen.at(-1)).toBe('too slow');
    hub.stop();
  });

  it('gets nothing more when it ended while the log was read', async () => {
    const { hub, log, subscriber, subscription } = await setUpBehind();
    subscriber.out.bufferedBytes = 0;
    subscription.drained();
    await turn();
    hub.unsubscribe(subscription);
    log.reads[0]?.answer(slice([2, 3, 4]));
    await turn();
    hub.publication(ROOM, publication(5));
    expect(subscriber.seen).toEqual(['subscribed e1:0 false', 'e1:1']);
    expect(subscriber.joined).toBe(false);
    expect(hub.slowConsumers).toBe(0);
    hub.stop();
  });

  it('[silent-1] is handed one page of a recovery at a time: the next when it has drained', async () => {
    const { hub, log, subscriber } = setUp({ slowConsumerBytes: SLOW });
    log.top = place(4);
    const subscribing = hub.subscribe(ROOM, subscriber, place(0));
    await turn();
    subscriber.out.bufferedBytes = SLOW + 1;
    log.reads[0]?.answer(slice([1, 2], { top: place(4), more: true }));
    const subscription = await subscribing;
    subscription.drained();
    await turn();
    expect(log.reads).toHaveLength(1);
    expect(subscription.position).toEqual(place(2));
    expect(hub.slowConsumers).toBe(1);
    subscriber.out.bufferedBytes = 0;
    subscription.drained();
    await turn();
    expect(log.reads[1]?.query.since).toEqual(place(2));
    log.reads[1]?.answer(slice([3, 4]));
    await turn();
    hub.publication(ROOM, publication(5));
    expect(subscriber.seen).toEqual(['subscribed e1:4 true', 'e1:1', 'e1:2', 'e1:3', 'e1:4', 'e1:5']);
    expect([hub.slowConsumers, hub.channelCount]).toEqual([0, 1]);
  });
});

describe('Subscription that is ahead of pub/sub', () => {
  const setUpAhead = async () => {
    const world = setUp();
    const { hub, log, subscriber } = world;
    log.top = place(10);
    const subscribing = hub.subscribe(ROOM, subscriber, place(9));
    await turn();
    log.reads[0]?.answer(slice([10, 11, 12]));
    return { ...world, subscription: await subscribing };
  };

  it('[order-3] is told when the order breaks before the rest has caught up, and goes on', async () => {
    const { hub, log, subscriber } = await setUpAhead();
    hub.resumed();
    log.reads[1]?.answer(slice([], { top: place(3, SECOND), continuous: false }));
    await turn();
    hub.publication(ROOM, publication(4, SECOND));
    expect(subscriber.seen.slice(4)).toEqual(['subscribed e2:3 false', 'e2:4']);
  });

  it('[order-1] joins once: a new life that reaches the offset again is not what it waited for', async () => {
    const { hub, log, subscriber, subscription } = await setUpAhead();
    for (const offset of [11, 12]) hub.publication(ROOM, publication(offset));
    hub.unsubscribe(subscription);
    hub.resumed();
    log.reads[1]?.answer(slice([], { top: place(11, SECOND), continuous: false }));
    await turn();
    hub.publication(ROOM, publication(12, SECOND));
    hub.publication(ROOM, publication(13, SECOND));
    expect(subscriber.seen).toHaveLength(4);
    expect(subscriber.joined).toBe(false);
  });
});
