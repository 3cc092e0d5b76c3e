import { encodeServerFrame } from '../../protocol/encode.js';
import type { PresenceChangeFrame } from '../../protocol/frames.js';
import type { ChannelName } from '../../protocol/ids.js';
import type { PresenceChange, PresenceStore } from '../broker/presence-store.js';

/** A connection that wants to know who comes and leaves. */
export interface PresenceWatcher {
  /** One frame, encoded. */
  deliver(text: string): unknown;
}

/** Tells this worker's connections who comes and leaves in the channels that they watch. */
export class PresenceWatch {
  readonly #store: PresenceStore;
  readonly #watchers = new Map<ChannelName, Set<PresenceWatcher>>();

  constructor(store: PresenceStore) {
    this.#store = store;
  }

  /** Resolves when it stands; while the store is away at once, and it stands when that is back. Idempotent. */
  add(channel: ChannelName, watcher: PresenceWatcher): Promise<void> {
    const known = this.#watchers.get(channel);
    if (known === undefined) this.#watchers.set(channel, new Set([watcher]));
    else known.add(watcher);
    return this.#store.watch(channel);
  }

  /** False: it did not watch. */
  remove(channel: ChannelName, watcher: PresenceWatcher): boolean {
    const known = this.#watchers.get(channel);
    if (known?.delete(watcher) !== true) return false;
    if (known.size === 0) {
      this.#watchers.delete(channel);
      this.#store.unwatch(channel);
    }
    return true;
  }

  changed(channel: ChannelName, { change, clientId, timeMs }: PresenceChange): void {
    this.#tell(channel, change, timeMs, { client_id: clientId });
  }

  /** The store was away: some may have come and left unheard [silent-1]. */
  resumed(): void {
    for (const channel of this.#watchers.keys()) this.#tell(channel, 'reset', Date.now());
  }

  #tell(
    channel: ChannelName,
    change: PresenceChangeFrame['change'],
    timeMs: number,
    who: Pick<PresenceChangeFrame, 'client_id'> = {},
  ): void {
    const watchers = this.#watchers.get(channel);
    if (watchers === undefined) return;
    const time = new Date(timeMs).toISOString();
    const text = encodeServerFrame({ type: 'presence_change', channel, change, ...who, time });
    for (const watcher of watchers) watcher.deliver(text);
  }
}
