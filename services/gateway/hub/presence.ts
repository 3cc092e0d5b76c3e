import type { ChannelName, ClientId } from '../../protocol/ids.js';
import { BrokerUnavailable } from '../broker/channel-log.js';
import {
  GONE_AFTER_MS,
  INFO_KEPT_MS,
  type ClientInfo,
  type MemberPage,
  type PresenceStore,
} from '../broker/presence-store.js';
import { Loop } from '../lifecycle/loop.js';
import { PresenceRoom } from './presence-room.js';
import { PresenceWatch } from './presence-watch.js';

export type PresenceOptions = Readonly<{
  /** What comes and goes within this time is stated together, ms. */
  gatherMs: number;
  /** Between looks for workers that are gone, ms. */
  intervalMs: number;
  /** When this worker's lease was renewed last, on the clock of `performance.now()`; undefined: never yet. */
  renewedAt(): number | undefined;
}>;

export const DEFAULT_PRESENCE: Omit<PresenceOptions, 'renewedAt'> = { gatherMs: 10, intervalMs: 500 };

/** A lease not renewed for so long: others may have taken this worker for dead. */
const LAPSED_MS = GONE_AFTER_MS - 1_000;
/** Then all is stated anew, and again after so long: whoever was about to forget this worker has done so by then. */
const AGAIN_MS = 3_000;
/** Between the times at which infos are kept for longer. */
const KEEP_EVERY_MS = INFO_KEPT_MS / 3;

/** Who of this worker's clients is in which channel: stated to the store, and again whenever that may have lost it. */
export class Presence {
  readonly loop: Loop;
  readonly watch: PresenceWatch;
  readonly #store: PresenceStore;
  readonly #options: PresenceOptions;
  readonly #rooms = new Map<ChannelName, PresenceRoom>();
  /** Those of which something is to be stated. */
  readonly #unstated = new Set<ChannelName>();
  #gathering: NodeJS.Timeout | undefined;
  #again: NodeJS.Timeout | undefined;
  #renewedAt: number | undefined;
  #keptAt = performance.now();

  constructor(store: PresenceStore, options: PresenceOptions) {
    this.#store = store;
    this.#options = options;
    this.watch = new PresenceWatch(store);
    this.loop = new Loop('presence', options.intervalMs, () => this.#look());
  }

  start(): void {
    this.loop.start();
  }

  /** States what is left to be stated; while the store is away nothing. */
  async stop(): Promise<void> {
    this.loop.stop();
    this.watch.stop();
    clearTimeout(this.#again);
    this.#flush();
    for (const { stating } of this.#rooms.values()) await stating;
  }

  /**
   * A connection of the client is subscribed to the channel; as often as `leave` follows. Its `info` takes the place of an
   * earlier one's; without one that stays.
   */
  join(channel: ChannelName, clientId: ClientId, info: ClientInfo | undefined): void {
    this.#room(channel).join(clientId, info);
    this.#changed(channel);
  }

  leave(channel: ChannelName, clientId: ClientId): void {
    this.#room(channel).leave(clientId);
    this.#changed(channel);
  }

  /** A connection of a client that is in the channel has another token. */
  renewed(channel: ChannelName, clientId: ClientId, info: ClientInfo | undefined): void {
    if (this.#room(channel).describe(clientId, info)) this.#changed(channel);
  }

  /** With all that this worker knows itself. @throws BrokerUnavailable */
  async page(channel: ChannelName, query: Readonly<{ limit: number; after: string | undefined }>): Promise<MemberPage> {
    const room = this.#rooms.get(channel);
    if (room !== undefined) await this.#stated(channel, room);
    return this.#store.page(channel, query);
  }

  /** The store may have lost what this worker had stated. */
  resumed(): void {
    this.watch.resumed();
    void this.#restate();
  }

  #changed(channel: ChannelName): void {
    this.#unstated.add(channel);
    this.#gathering ??= setTimeout(() => this.#flush(), this.#options.gatherMs);
  }

  #room(channel: ChannelName): PresenceRoom {
    const known = this.#rooms.get(channel);
    if (known !== undefined) return known;
    const room = new PresenceRoom();
    this.#rooms.set(channel, room);
    return room;
  }

  #flush(): void {
    clearTimeout(this.#gathering);
    this.#gathering = undefined;
    for (const channel of this.#unstated) void this.#stated(channel, this.#room(channel));
  }

  /** One at a time for each channel, so that what is stated last is what holds. */
  #stated(channel: ChannelName, room: PresenceRoom): Promise<void> {
    if (room.stating !== undefined) return room.stating;
    if (room.isStated) return Promise.resolve();
    room.stating = this.#state(channel, room).finally(() => {
      room.stating = undefined;
      if (!room.isStated) return;
      this.#unstated.delete(channel);
      if (room.isEmpty) this.#rooms.delete(channel);
    });
    return room.stating;
  }

  /** Until nothing is left to be stated, or the store is away: the loop then tries again. */
  async #state(channel: ChannelName, room: PresenceRoom): Promise<void> {
    while (!room.isStated) {
      const statement = room.take();
      try {
        await this.#store.state(channel, statement.clients, statement.isWhole, statement.infos);
      } catch (error) {
        room.failed(statement);
        if (!(error instanceof BrokerUnavailable)) throw error;
        return;
      }
    }
  }

  async #look(): Promise<void> {
    const renewedAt = this.#options.renewedAt();
    const gapMs = (renewedAt ?? 0) - (this.#renewedAt ?? renewedAt ?? 0);
    this.#renewedAt = renewedAt;
    if (gapMs > LAPSED_MS) {
      await this.#restate();
      clearTimeout(this.#again);
      this.#again = setTimeout(() => void this.#restate(), AGAIN_MS);
    }
    // What is being gathered has its time: a client that moves comes there before it leaves here.
    if (this.#gathering === undefined) this.#flush();
    await trying(() => this.#store.forgetGone());
    await this.#keepInfos();
  }

  async #keepInfos(): Promise<void> {
    if (performance.now() - this.#keptAt < KEEP_EVERY_MS) return;
    this.#keptAt = performance.now();
    const described = [...this.#rooms].filter(([, { hasInfos }]) => hasInfos).map(([channel]) => channel);
    await trying(() => this.#store.keepInfos(described));
  }

  /** Channels that this worker has left since are stated too: as empty. */
  async #restate(): Promise<void> {
    await trying(async () => {
      for (const channel of await this.#store.channels()) this.#room(channel);
    });
    for (const [channel, room] of this.#rooms) {
      room.restate();
      this.#unstated.add(channel);
    }
    this.#flush();
  }
}

const trying = async (act: () => Promise<void>): Promise<void> => {
  try {
    await act();
  } catch (error) {
    if (!(error instanceof BrokerUnavailable)) throw error;
  }
};
