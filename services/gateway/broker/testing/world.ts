import { expect, onTestFinished, vi } from 'vitest';
import type { ChannelName, ClientId, ConnectionId, Epoch, Offset } from '../../../protocol/ids.js';
import { parseChannelName, parseClientId, parseConnectionId, parseEpoch, parseOffset } from '../../../protocol/ids.js';
import type { Broker, BrokerLimits, BrokerListener } from '../broker.js';
import type { PresenceChange } from '../presence-store.js';
import type { Accepted, LoggedPublication } from '../channel-log.js';

/** A store with workers on it, and what may happen to it. One per test. */
export interface World {
  broker(workerId: string): Broker;
  /** The store ends and comes back with all, nothing, or all but the last publications. */
  restart(options: Readonly<{ keep: 'all' | 'none' | Readonly<{ loseLast: number }> }>): Promise<void>;
  down(): Promise<void>;
  up(): Promise<void>;
  /** Breaks every subscription; they come back by themselves. */
  breakSubscriptions(): Promise<void>;
  /** Time goes by, for the store and for everybody. */
  pass(ms: number): Promise<void>;
  close(): Promise<void>;
}

export type OpenWorld = (limits: Partial<BrokerLimits>) => Promise<World>;

/** What a worker's listener heard, to be waited for. */
export class Ear implements BrokerListener {
  readonly publications: (LoggedPublication & Readonly<{ channel: ChannelName }>)[] = [];
  readonly messages: string[] = [];
  readonly clientsTold: (readonly [ClientId, string])[] = [];
  readonly presenceChanges: (readonly [ChannelName, PresenceChange['change'], ClientId, ...string[]])[] = [];
  resumptions = 0;

  publication(channel: ChannelName, publication: LoggedPublication): void {
    this.publications.push({ channel, ...publication });
  }

  told(message: string): void {
    this.messages.push(message);
  }

  clientTold(clientId: ClientId, message: string): void {
    this.clientsTold.push([clientId, message]);
  }

  presenceChanged(channel: ChannelName, { change, clientId, info }: PresenceChange): void {
    this.presenceChanges.push([channel, change, clientId, ...(info === undefined ? [] : [info])]);
  }

  resumed(): void {
    this.resumptions += 1;
  }

  get bodies(): readonly string[] {
    return this.publications.map(({ body }) => body);
  }

  get offsets(): readonly number[] {
    return this.publications.map(({ offset }) => offset);
  }
}

export type Worker = Readonly<{ broker: Broker; ear: Ear }>;

export const PATIENCE = { timeout: 10_000, interval: 10 };
export const eventually = <T>(check: () => T | Promise<T>): Promise<T> => vi.waitFor(check, PATIENCE);

export const isWell = (broker: Broker): Promise<void> =>
  eventually(() => expect(broker.health()).toEqual({ redis: undefined, subscribed: undefined }));

/** Starts a worker's broker; it is stopped when the test ends. */
export const work = async (world: World, workerId: string): Promise<Worker> => {
  const worker = { broker: world.broker(workerId), ear: new Ear() };
  onTestFinished(() => worker.broker.stop());
  await worker.broker.start(worker.ear);
  return worker;
};

/** Opens a world that is closed when the test ends. */
export const openFor = async (open: OpenWorld, limits: Partial<BrokerLimits> = {}): Promise<World> => {
  const world = await open(limits);
  onTestFinished(() => world.close());
  return world;
};

const known = <T>(value: T | undefined): T => {
  if (value === undefined) throw new Error('the test names something that is none');
  return value;
};
export const channelNamed = (text: string): ChannelName => known(parseChannelName(text));
export const clientNamed = (text: string): ClientId => known(parseClientId(text));
export const offsetAt = (value: number): Offset => known(parseOffset(value));
export const epochNamed = (text: string): Epoch => known(parseEpoch(text));
export const connectionNumber = (value: number): ConnectionId =>
  known(parseConnectionId(`00000000-0000-0000-0000-${String(value).padStart(12, '0')}`));

export const ROOM = channelNamed('room:1');

/** Publishes bodies in this order, handed in together, each with itself as its id. */
export const say = async (broker: Broker, channel: ChannelName, ...bodies: readonly string[]) =>
  Promise.all(bodies.map((body) => broker.log.publish({ channel, publisher: 'ann', id: body, body })));

/** As `say`, but each is accepted before the next is handed in: a store may then lose the last of them alone. */
export const sayOneByOne = async (broker: Broker, channel: ChannelName, ...bodies: readonly string[]) => {
  const accepted: Accepted[] = [];
  for (const body of bodies) accepted.push(...(await say(broker, channel, body)));
  return accepted;
};

/** `from 1, to 3, "m"` gives m1, m2, m3. */
export const numbered = (prefix: string, from: number, to: number): readonly string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => `${prefix}${from + index}`);

export const PAGE = { limit: 1_000, maxBytes: 1_000_000 };
