import type { ConnectionId } from '../../protocol/ids.js';
import type { Position } from '../../protocol/frames.js';
import { BrokerUnavailable } from '../broker/channel-log.js';
import type { AllowanceCharge, SessionPlace, SessionStore } from '../broker/session-store.js';
import { Loop } from '../lifecycle/loop.js';
import { SharedRun } from '../lifecycle/shared-run.js';

/**
 * Places of sessions that remember nothing themselves: confirmed by pongs one by one, written many at a time
 * [resume-1]. What Redis did not take stays and goes with the next write.
 */
export class Places {
  readonly loop: Loop;
  readonly #store: SessionStore;
  #unwritten = new Map<ConnectionId, SessionPlace>();
  /** Many connections move at once: those that ask while something is being written share the next write. */
  readonly #writes = new SharedRun(() => this.#write());

  constructor(store: SessionStore, intervalMs: number) {
    this.#store = store;
    this.loop = new Loop('places', intervalMs, () => this.flush());
  }

  start(): void {
    this.loop.start();
  }

  stop(): void {
    this.loop.stop();
  }

  /** The client is known to have received everything up to `place`. */
  confirm(ref: string, connectionId: ConnectionId, place: Position): void {
    this.#unwritten.set(connectionId, { ref, connectionId, place });
  }

  /**
   * Resolves when everything that was confirmed is written, also what an earlier call is still writing [resume-4].
   * False: Redis did not take it.
   */
  flush(): Promise<boolean> {
    return this.#writes.run();
  }

  /** The connection is over: writes its place and what it has used, then gives the session free. */
  async release(ref: string, connectionId: ConnectionId, charge?: AllowanceCharge): Promise<void> {
    const place = this.#unwritten.get(connectionId);
    this.#unwritten.delete(connectionId);
    try {
      if (place !== undefined) await this.#store.savePlaces([place]);
      await this.#store.release(ref, connectionId, charge);
    } catch (error) {
      // The place is an older one then: messages may come twice, none is missing.
      if (!(error instanceof BrokerUnavailable)) throw error;
    }
  }

  async #write(): Promise<boolean> {
    if (this.#unwritten.size === 0) return true;
    const writing = this.#unwritten;
    this.#unwritten = new Map();
    try {
      await this.#store.savePlaces([...writing.values()]);
      return true;
    } catch (error) {
      if (!(error instanceof BrokerUnavailable)) throw error;
      this.#unwritten = new Map([...writing, ...this.#unwritten]);
      return false;
    }
  }
}
