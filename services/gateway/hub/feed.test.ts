import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BrokerUnavailable } from '../broker/channel-log.js';
import { ROOM, SECOND, place, publication, setUp, slice, turn } from './testing/world.js';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval', 'Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('Feed', () => {
  it('[order-1] listens before it asks where the log stands, and keeps what arrives in between', async () => {
    const { log, subscriber, hub } = setUp();
    let answerTops: () => void = () => {};
    log.top = place(5);
    log.topsHeld = new Promise((resolve) => (answerTops = resolve));
    const subscribing = hub.subscribe(ROOM, subscriber, undefined);
    await turn();
    expect(log.calls).toEqual(['listen', 'tops']);
    hub.publication(ROOM, publication(6));
    answerTops();
    await subscribing;
    hub.publication(ROOM, publication(7));
    expect(subscriber.seen).toEqual(['subscribed e1:6 false', 'e1:7']);
  });

  it('[order-1] reads the log when pub/sub stands again: it says nothing of what was missed', async () => {
    const { log, subscriber, hub } = setUp();
    await hub.subscribe(ROOM, subscriber, undefined);
    hub.publication(ROOM, publication(1));
    hub.resumed();
    expect(log.reads[0]?.query.since).toEqual(place(1));
    log.reads[0]?.answer(slice([2, 3]));
    await turn();
    expect(subscriber.seen.slice(1)).toEqual(['e1:1', 'e1:2', 'e1:3']);
  });

  it('[order-1] reads a long gap page by page, and goes live at its end', async () => {
    const { log, subscriber, hub } = setUp();
    await hub.subscribe(ROOM, subscriber, undefined);
    hub.resumed();
    log.reads[0]?.answer(slice([1, 2], { top: place(4), more: true }));
    await turn();
    expect(log.reads[1]?.query.since).toEqual(place(2));
    log.reads[1]?.answer(slice([3, 4]));
    await turn();
    hub.publication(ROOM, publication(5));
    expect(subscriber.seen.slice(1)).toEqual(['e1:1', 'e1:2', 'e1:3', 'e1:4', 'e1:5']);
    expect(log.reads).toHaveLength(2);
  });

  it('[order-2] goes on in the new epoch after a restart that lost nothing, without reading twice', async () => {
    const { log, subscriber, hub } = setUp();
    log.top = place(3);
    await hub.subscribe(ROOM, subscriber, undefined);
    hub.resumed();
    log.reads[0]?.answer(slice([], { top: place(3, SECOND) }));
    await turn();
    hub.publication(ROOM, publication(4, SECOND));
    expect(subscriber.seen).toEqual(['subscribed e1:3 false', 'e2:4']);
    expect(log.reads).toHaveLength(1);
  });

  it('[silent-1] asks again while Redis is away, until it has read the gap', async () => {
    const { log, subscriber, hub } = setUp({ retryMs: 200 });
    await hub.subscribe(ROOM, subscriber, undefined);
    hub.resumed();
    for (const attempt of [0, 1, 2]) {
      log.reads[attempt]?.refuse();
      await vi.advanceTimersByTimeAsync(200);
    }
    log.reads[3]?.answer(slice([1, 2]));
    await turn();
    expect(subscriber.seen.slice(1)).toEqual(['e1:1', 'e1:2']);
  });

  it('[order-3] says where it stands when the log can not fill a gap, and serves nobody from what lies before', async () => {
    const { log, subscriber, other, hub } = setUp();
    await hub.subscribe(ROOM, subscriber, undefined);
    hub.publication(ROOM, publication(1));
    hub.resumed();
    log.reads[0]?.answer(slice([], { top: place(1_300), continuous: false }));
    await turn();
    expect(subscriber.seen).toEqual(['subscribed e1:0 false', 'e1:1', 'subscribed e1:1300 false']);
    const subscribing = hub.subscribe(ROOM, other, place(1_299));
    await turn();
    log.reads[1]?.answer(slice([1_300]));
    await subscribing;
    expect(other.seen).toEqual(['subscribed e1:1300 true', 'e1:1300']);
  });

  it('[order-1] keeps a bounded number of live publications during a read; the rest comes from the log', async () => {
    const { log, subscriber, hub } = setUp({ maxBuffered: 2 });
    await hub.subscribe(ROOM, subscriber, undefined);
    hub.publication(ROOM, publication(2));
    await turn();
    for (const offset of [3, 4, 5]) hub.publication(ROOM, publication(offset));
    log.reads[0]?.answer(slice([1, 2]));
    await turn();
    expect(subscriber.seen.slice(1)).toEqual(['e1:1', 'e1:2', 'e1:3', 'e1:4']);
    hub.publication(ROOM, publication(6));
    await turn();
    log.reads[1]?.answer(slice([5, 6]));
    await turn();
    expect(subscriber.seen.slice(5)).toEqual(['e1:5', 'e1:6']);
  });

  it('[silent-1] refuses who waits for a channel that is closed', async () => {
    const { hub, subscriber, other } = setUp();
    await hub.subscribe(ROOM, subscriber, undefined);
    hub.resumed();
    const waiting = hub.subscribe(ROOM, other, undefined);
    const position = hub.position(ROOM);
    await turn();
    hub.stop();
    await expect(waiting).rejects.toThrow(BrokerUnavailable);
    await expect(position).rejects.toThrow(BrokerUnavailable);
  });
});

describe('Hub, on what is open', () => {
  it('[order-3] reads the log when its newest place is of another life, though the offset is no further', async () => {
    const { log, subscriber, hub } = setUp({ positionIntervalMs: 5_000 });
    log.top = place(3);
    await hub.subscribe(ROOM, subscriber, undefined);
    hub.start();
    log.top = place(2, SECOND);
    await vi.advanceTimersByTimeAsync(5_000);
    log.reads[0]?.answer(slice([], { top: place(2, SECOND), continuous: false }));
    await turn();
    expect(subscriber.seen).toEqual(['subscribed e1:3 false', 'subscribed e2:2 false']);
    hub.stop();
  });

  it('opens a channel anew after it could not be opened', async () => {
    const { log, subscriber, hub } = setUp();
    log.isDeaf = true;
    await expect(hub.subscribe(ROOM, subscriber, undefined)).rejects.toThrow(BrokerUnavailable);
    log.isDeaf = false;
    await hub.subscribe(ROOM, subscriber, undefined);
    expect(subscriber.seen).toEqual(['subscribed e1:0 false']);
  });

  it('stops to listen when the last subscription has been gone for a while, and not before', async () => {
    const { log, subscriber, other, hub } = setUp({ lingerMs: 1_000 });
    hub.start();
    const first = await hub.subscribe(ROOM, subscriber, undefined);
    const second = await hub.subscribe(ROOM, other, undefined);
    hub.unsubscribe(first);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(log.calls).not.toContain('unlisten');
    hub.unsubscribe(second);
    await vi.advanceTimersByTimeAsync(400);
    expect(log.calls).not.toContain('unlisten');
    await vi.advanceTimersByTimeAsync(1_500);
    expect(log.calls).toContain('unlisten');
    hub.stop();
  });

  it('leaves nothing of a subscription that failed', async () => {
    const { log, subscriber, hub } = setUp({ lingerMs: 1_000 });
    hub.start();
    const subscribing = hub.subscribe(ROOM, subscriber, { ...place(0), epoch: SECOND });
    await turn();
    log.reads[0]?.refuse();
    await expect(subscribing).rejects.toThrow(BrokerUnavailable);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(log.calls).toContain('unlisten');
    hub.stop();
  });
});
