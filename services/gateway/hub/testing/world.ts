import type { Position } from '../../../protocol/frames.js';
import type { ChannelName, Epoch, Offset } from '../../../protocol/ids.js';
import {
  BrokerUnavailable,
  type ChannelLog,
  type LogQuery,
  type LogSlice,
  type LoggedPublication,
} from '../../broker/channel-log.js';
import { epochNamed, offsetAt } from '../../broker/testing/world.js';
import { DEFAULT_HUB_OPTIONS, Hub, type HubOptions } from '../hub.js';
import type { Subscriber } from '../subscriber.js';

export { ROOM } from '../../broker/testing/world.js';
export const EPOCH: Epoch = epochNamed('e1');
export const SECOND: Epoch = epochNamed('e2');
export const at = (offset: number): Offset => offsetAt(offset);
export const place = (offset: number, epoch = EPOCH): Position => ({ epoch, offset: at(offset) });
export const publication = (offset: number, epoch = EPOCH): LoggedPublication => ({
  epoch,
  offset: at(offset),
  timeMs: 0,
  body: `"from":"a","data":${offset}`,
});
/** A slice with these offsets, at whose end the log stands. */
export const slice = (offsets: readonly number[], given: Partial<LogSlice> = {}): LogSlice => ({
  top: place(offsets.at(-1) ?? 0),
  publications: offsets.map((offset) => publication(offset)),
  continuous: true,
  more: false,
  ...given,
});

type PendingRead = Readonly<{
  query: LogQuery;
  answer: (slice: LogSlice) => void;
  /** Redis is away. */
  refuse: () => void;
}>;

/** A log whose answers the test gives, one by one. */
export class ScriptedLog implements ChannelLog {
  top: Position = place(0);
  readonly reads: PendingRead[] = [];
  /** What was asked for besides reads, in order. */
  readonly calls: string[] = [];
  /** While set, `listen` fails. */
  isDeaf = false;
  /** Set: `tops` answers when this resolves. */
  topsHeld: Promise<void> | undefined;

  publish = () => Promise.reject(new Error('nobody publishes here'));
  async tops(): Promise<readonly Position[]> {
    this.calls.push('tops');
    const { top } = this;
    await this.topsHeld;
    return [this.topsHeld === undefined ? this.top : top];
  }
  listen(): Promise<void> {
    this.calls.push('listen');
    return this.isDeaf ? Promise.reject(new BrokerUnavailable('deaf')) : Promise.resolve();
  }
  unlisten(): void {
    this.calls.push('unlisten');
  }
  read = (query: LogQuery) =>
    new Promise<LogSlice>((answer, reject) => {
      this.reads.push({ query, answer, refuse: () => reject(new BrokerUnavailable('away')) });
    });
}

/** Records what a client would see; the topic reaches it while it has joined. */
export class RecordingSubscriber implements Subscriber {
  readonly seen: string[] = [];
  readonly isCounted = true;
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

const metrics = {
  fannedOut: () => {},
  deliveredAfter: () => {},
  gapFilled: () => {},
  orderBroken: () => {},
  fellBehind: () => {},
};

/** A hub on a scripted log, whose topics reach these subscribers. */
export const setUp = (options: Partial<HubOptions> = {}) => {
  const log = new ScriptedLog();
  const subscriber = new RecordingSubscriber();
  const other = new RecordingSubscriber();
  const fanOut = {
    publish: (_: string, text: string) => {
      for (const { joined, out } of [subscriber, other]) if (joined) out.send(text);
    },
  };
  return { log, subscriber, other, hub: new Hub(log, fanOut, metrics, { ...DEFAULT_HUB_OPTIONS, ...options }) };
};

/** Lets every promise that can go on do so. */
export const turn = () => new Promise((resolve) => setImmediate(resolve));
