import { encodeServerFrame } from '../../protocol/encode.js';
import type { PresenceChangeFrame } from '../../protocol/frames.js';
import type { ChannelName } from '../../protocol/ids.js';
import { parseJson } from '../../protocol/json.js';
import type { PresenceChange, PresenceStore } from '../broker/presence-store.js';

/** A connection that wants to know who comes and leaves. */
export interface PresenceWatcher {
  /** Frames, encoded, that leave together. */
  deliverAll(texts: readonly string[]): void;
}

/** So many joins and leaves of one channel are told one by one within `WINDOW_MS`; the others in sum [presence-6]. */
export const MAX_TOLD = 100;
export const WINDOW_MS = 1_000;

/** A channel that somebody watches. */
type Watched = {
  readonly watchers: Set<PresenceWatcher>;
  /** Frames that leave at the end of this turn: what came in one read from the store is one write to each watcher. */
  waiting: string[];
  /** In this window. */
  told: number;
  untold: { joined: number; left: number };
  window: NodeJS.Timeout | undefined;
};

/** Tells this worker's connections who comes and leaves in the channels that they watch. */
export class PresenceWatch {
  readonly #store: PresenceStore;
  readonly #watched = new Map<ChannelName, Watched>();

  constructor(store: PresenceStore) {
    this.#store = store;
  }

  /** Resolves when it stands; while the store is away at once, and it stands when that is back. Idempotent. */
  add(channel: ChannelName, watcher: PresenceWatcher): Promise<void> {
    const known = this.#watched.get(channel);
    if (known === undefined) {
      this.#watched.set(channel, {
        watchers: new Set([watcher]),
        waiting: [],
        told: 0,
        untold: { joined: 0, left: 0 },
        window: undefined,
      });
    } else {
      // What is waiting was before it came.
      deliver(known);
      known.watchers.add(watcher);
    }
    return this.#store.watch(channel);
  }

  /** False: it did not watch. */
  remove(channel: ChannelName, watcher: PresenceWatcher): boolean {
    const known = this.#watched.get(channel);
    if (known?.watchers.delete(watcher) !== true) return false;
    if (known.watchers.size === 0) {
      clearTimeout(known.window);
      this.#watched.delete(channel);
      this.#store.unwatch(channel);
    }
    return true;
  }

  changed(channel: ChannelName, { change, clientId, timeMs, info }: PresenceChange): void {
    const watched = this.#watched.get(channel);
    if (watched === undefined) return;
    watched.window ??= setTimeout(() => endWindow(channel, watched), WINDOW_MS);
    if (watched.told >= MAX_TOLD) {
      watched.untold[change === 'join' ? 'joined' : 'left'] += 1;
      return;
    }
    watched.told += 1;
    const said = info === undefined ? undefined : parseJson(info);
    tell(watched, channel, change, timeMs, { client_id: clientId, ...(said === undefined ? {} : { info: said }) });
  }

  /** The store was away: some may have come and left unheard [silent-1]. */
  resumed(): void {
    for (const [channel, watched] of this.#watched) tell(watched, channel, 'reset', Date.now());
  }

  stop(): void {
    for (const { window } of this.#watched.values()) clearTimeout(window);
  }
}

/** What was too much to be told one by one is told in sum. */
const endWindow = (channel: ChannelName, watched: Watched): void => {
  const { untold } = watched;
  watched.window = undefined;
  watched.told = 0;
  watched.untold = { joined: 0, left: 0 };
  if (untold.joined + untold.left > 0) tell(watched, channel, 'reset', Date.now(), untold);
};

const tell = (
  watched: Watched,
  channel: ChannelName,
  change: PresenceChangeFrame['change'],
  timeMs: number,
  more: Partial<Pick<PresenceChangeFrame, 'client_id' | 'info' | 'joined' | 'left'>> = {},
): void => {
  const time = new Date(timeMs).toISOString();
  if (watched.waiting.length === 0) setImmediate(() => deliver(watched));
  watched.waiting.push(encodeServerFrame({ type: 'presence_change', channel, change, ...more, time }));
};

const deliver = (watched: Watched): void => {
  const texts = watched.waiting;
  if (texts.length === 0) return;
  watched.waiting = [];
  for (const watcher of watched.watchers) watcher.deliverAll(texts);
};
