import { describe, expect, it } from 'vitest';
import { EPOCH, RecordingSubscriber, ROOM, SECOND, place, publication, setUp, slice, turn } from './testing/world.js';

describe('Hub', () => {
  it('[order-1] holds live publications back while a gap is read, drops repeats, and delivers each once in order', async () => {
    const { log, subscriber, hub } = setUp();
    await hub.subscribe(ROOM, subscriber, undefined);
    hub.publication(ROOM, publication(1));
    hub.publication(ROOM, publication(4));
    await turn();
    hub.publication(ROOM, publication(5));
    hub.publication(ROOM, publication(6));
    expect(subscriber.seen).toEqual(['subscribed e1:0 false', 'e1:1']);
    log.reads[0]?.answer(slice([2, 3, 4, 5]));
    await turn();
    expect(log.reads[0]?.query.since).toEqual({ epoch: EPOCH, offset: 1 });
    expect(subscriber.seen.slice(1)).toEqual(['e1:1', 'e1:2', 'e1:3', 'e1:4', 'e1:5', 'e1:6']);
  });

  it('[order-2] asks the log when an offset goes on in another epoch', async () => {
    const { log, subscriber, hub } = setUp();
    await hub.subscribe(ROOM, subscriber, undefined);
    hub.publication(ROOM, publication(1));
    hub.publication(ROOM, publication(2, SECOND));
    await turn();
    log.reads[0]?.answer({
      top: place(2, SECOND),
      publications: [publication(2, SECOND)],
      continuous: true,
      more: false,
    });
    await turn();
    hub.publication(ROOM, publication(3, SECOND));
    expect(subscriber.seen.slice(1)).toEqual(['e1:1', 'e2:2', 'e2:3']);
  });

  it('[order-1] a late publication of an older life does not make it read forever', async () => {
    const { log, subscriber, hub } = setUp();
    log.top = place(9, SECOND);
    await hub.subscribe(ROOM, subscriber, undefined);
    hub.publication(ROOM, publication(3));
    await turn();
    log.reads[0]?.answer({ top: log.top, publications: [], continuous: true, more: false });
    await turn();
    hub.publication(ROOM, publication(10, SECOND));
    expect(log.reads).toHaveLength(1);
    expect(subscriber.seen).toEqual(['subscribed e2:9 false', 'e2:10']);
  });

  it('[order-1] [resume-2] merges what the log gives with what is live: no hole and no repeat where they meet', async () => {
    const { log, subscriber, hub } = setUp();
    log.top = place(10);
    const other = new RecordingSubscriber();
    await hub.subscribe(ROOM, other, undefined);
    const subscribing = hub.subscribe(ROOM, subscriber, place(8));
    await turn();
    hub.publication(ROOM, publication(11));
    hub.publication(ROOM, publication(12));
    // The log was read when it had 11, which is also live by now.
    log.reads[0]?.answer(slice([9, 10, 11]));
    await subscribing;
    hub.publication(ROOM, publication(13));
    expect(subscriber.seen).toEqual(['subscribed e1:11 true', 'e1:9', 'e1:10', 'e1:11', 'e1:12', 'e1:13']);
  });

  it('[order-1] [resume-2] waits for pub/sub when the log was ahead of it', async () => {
    const { log, subscriber, hub } = setUp();
    log.top = place(10);
    const subscribing = hub.subscribe(ROOM, subscriber, place(9));
    await turn();
    log.reads[0]?.answer(slice([10, 11, 12]));
    await subscribing;
    for (const offset of [11, 12, 13]) hub.publication(ROOM, publication(offset));
    expect(subscriber.seen).toEqual(['subscribed e1:12 true', 'e1:10', 'e1:11', 'e1:12', 'e1:13']);
  });

  it('[resume-2] serves a short absence from memory, without Redis', async () => {
    const { log, subscriber, hub } = setUp();
    await hub.subscribe(ROOM, new RecordingSubscriber(), undefined);
    for (const offset of [1, 2, 3]) hub.publication(ROOM, publication(offset));
    await hub.subscribe(ROOM, subscriber, place(1));
    expect(log.reads).toHaveLength(0);
    expect(subscriber.seen).toEqual(['subscribed e1:3 true', 'e1:2', 'e1:3']);
  });
});
