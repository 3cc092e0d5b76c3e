import { describe, expect, it } from 'vitest';
import type { ChannelName, Epoch, Offset } from '../../protocol/ids.js';
import { parseChannelName, parseEpoch, parseOffset } from '../../protocol/ids.js';
import type { Position } from '../../protocol/frames.js';
import type { ChannelLog, LogQuery, LogSlice, LoggedPublication } from '../broker/channel-log.js';
import { DEFAULT_HUB_OPTIONS, Hub } from './hub.js';
import type { Subscriber } from './subscriber.js';

const must = <T>(value: T | undefined): T => {
  if (value === undefined) throw new Error('not valid');
  return value;
};
const ROOM: ChannelName = must(parseChannelName('room'));
const EPOCH: Epoch = must(parseEpoch('e1'));
const at = (offset: number): Offset => must(parseOffset(offset));
const publication = (offset: number, epoch = EPOCH): LoggedPublication => ({
  epoch,
  offset: at(offset),
  timeMs: 0,
  body: `"from":"a","data":${offset}`,
});

/** A log whose answers the test gives, one by one. */
class ScriptedLog implements ChannelLog {
  top: Position = { epoch: EPOCH, offset: at(0) };
  readonly reads: { query: LogQuery; answer: (slice: LogSlice) => void }[] = [];
  publish = () => Promise.reject(new Error('nobody publishes here'));
  tops = () => Promise.resolve([this.top]);
  listen = () => Promise.resolve();
  unlisten = () => undefined;
  read = (query: LogQuery) => new Promise<LogSlice>((answer) => this.reads.push({ query, answer }));
}

/** Records what a client would see; the topic reaches it while it has joined. */
class RecordingSubscriber implements Subscriber {
  readonly seen: string[] = [];
  joined = false;
  readonly out = {
    bufferedBytes: 0,
    send: (text: string) => void this.seen.push(short(text)),
    cork: (write: () => void) => write(),
    join: () => void (this.joined = true),
    leave: () => void (this.joined = false),
  };
  subscribed = (_: ChannelName, position: Position, recovered: boolean) =>
    void this.seen.push(`subscribed ${position.epoch}:${position.offset} ${recovered}`);
  tooSlow = () => void this.seen.push('too slow');
}
const short = (text: string): string => {
  const { epoch, offset } = JSON.parse(text) as { epoch: string; offset: number };
  return `${epoch}:${offset}`;
};
const metrics = { fannedOut: () => {}, gapFilled: () => {}, orderBroken: () => {}, fellBehind: () => {} };

const setUp = () => {
  const log = new ScriptedLog();
  const subscriber = new RecordingSubscriber();
  const fanOut = {
    publish: (_: string, text: string) => {
      if (subscriber.joined) subscriber.out.send(text);
    },
  };
  return { log, subscriber, hub: new Hub(log, fanOut, metrics, DEFAULT_HUB_OPTIONS) };
};
/** Lets every promise that can go on do so. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

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
    log.reads[0]?.answer({
      top: { epoch: EPOCH, offset: at(5) },
      publications: [2, 3, 4, 5].map((offset) => publication(offset)),
      continuous: true,
      more: false,
    });
    await turn();
    expect(log.reads[0]?.query.since).toEqual({ epoch: EPOCH, offset: 1 });
    expect(subscriber.seen.slice(1)).toEqual(['e1:1', 'e1:2', 'e1:3', 'e1:4', 'e1:5', 'e1:6']);
  });

  it('[order-1] asks the log when an offset goes on in another epoch', async () => {
    const { log, subscriber, hub } = setUp();
    await hub.subscribe(ROOM, subscriber, undefined);
    hub.publication(ROOM, publication(1));
    const second = must(parseEpoch('e2'));
    hub.publication(ROOM, publication(2, second));
    await turn();
    log.reads[0]?.answer({
      top: { epoch: second, offset: at(2) },
      publications: [publication(2, second)],
      continuous: true,
      more: false,
    });
    await turn();
    hub.publication(ROOM, publication(3, second));
    expect(subscriber.seen.slice(1)).toEqual(['e1:1', 'e2:2', 'e2:3']);
  });

  it('[order-1] a late publication of an older life does not make it read forever', async () => {
    const { log, subscriber, hub } = setUp();
    const second = must(parseEpoch('e2'));
    log.top = { epoch: second, offset: at(9) };
    await hub.subscribe(ROOM, subscriber, undefined);
    hub.publication(ROOM, publication(3));
    await turn();
    log.reads[0]?.answer({ top: log.top, publications: [], continuous: true, more: false });
    await turn();
    hub.publication(ROOM, publication(10, second));
    expect(log.reads).toHaveLength(1);
    expect(subscriber.seen).toEqual(['subscribed e2:9 false', 'e2:10']);
  });

  it('[resume-1] merges what the log gives with what is live: no hole and no repeat where they meet', async () => {
    const { log, subscriber, hub } = setUp();
    log.top = { epoch: EPOCH, offset: at(10) };
    const other = new RecordingSubscriber();
    await hub.subscribe(ROOM, other, undefined);
    const subscribing = hub.subscribe(ROOM, subscriber, { epoch: EPOCH, offset: at(8) });
    await turn();
    hub.publication(ROOM, publication(11));
    hub.publication(ROOM, publication(12));
    // The log was read when it had 11, which is also live by now.
    log.reads[0]?.answer({
      top: { epoch: EPOCH, offset: at(11) },
      publications: [9, 10, 11].map((offset) => publication(offset)),
      continuous: true,
      more: false,
    });
    await subscribing;
    hub.publication(ROOM, publication(13));
    expect(subscriber.seen).toEqual(['subscribed e1:11 true', 'e1:9', 'e1:10', 'e1:11', 'e1:12', 'e1:13']);
  });

  it('[resume-1] waits for pub/sub when the log was ahead of it', async () => {
    const { log, subscriber, hub } = setUp();
    log.top = { epoch: EPOCH, offset: at(10) };
    const subscribing = hub.subscribe(ROOM, subscriber, { epoch: EPOCH, offset: at(9) });
    await turn();
    log.reads[0]?.answer({
      top: { epoch: EPOCH, offset: at(12) },
      publications: [10, 11, 12].map((offset) => publication(offset)),
      continuous: true,
      more: false,
    });
    await subscribing;
    for (const offset of [11, 12, 13]) hub.publication(ROOM, publication(offset));
    expect(subscriber.seen).toEqual(['subscribed e1:12 true', 'e1:10', 'e1:11', 'e1:12', 'e1:13']);
  });

  it('[resume-1] serves a short absence from memory, without Redis', async () => {
    const { log, subscriber, hub } = setUp();
    await hub.subscribe(ROOM, new RecordingSubscriber(), undefined);
    for (const offset of [1, 2, 3]) hub.publication(ROOM, publication(offset));
    await hub.subscribe(ROOM, subscriber, { epoch: EPOCH, offset: at(1) });
    expect(log.reads).toHaveLength(0);
    expect(subscriber.seen).toEqual(['subscribed e1:3 true', 'e1:2', 'e1:3']);
  });
});
