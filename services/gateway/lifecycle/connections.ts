import type { ConnectionId } from '../../protocol/ids.js';

export type MoveReason = 'deploy' | 'rollback';

export type MoveOrder = Readonly<{
  reason: MoveReason;
  /** When the client should open its new connection, ms from now. */
  afterMs: number;
  /** When this connection is closed at the latest, ms from now. */
  deadlineMs: number;
}>;

/** An open connection, as the worker's lifecycle sees it. */
export interface ManagedConnection {
  readonly id: ConnectionId;
  /** Once a heartbeat interval: beats, or finds that the client is gone. */
  beat(nowMs: number): void;
  /** Moves the client elsewhere: it is closed with 1012 by the deadline. Once. */
  move(order: MoveOrder): void;
  /** A newer connection of the same session is there. */
  replace(): void;
  /** The worker can't wait any longer: goodbye and 1012 now. */
  cutShort(): void;
}

/** Every open WebSocket of this worker. */
export class Connections {
  readonly #open = new Map<ConnectionId, ManagedConnection>();
  #onAdded: ((connection: ManagedConnection) => void) | undefined;

  get size(): number {
    return this.#open.size;
  }

  add(connection: ManagedConnection): void {
    this.#open.set(connection.id, connection);
    this.#onAdded?.(connection);
  }

  remove(connection: ManagedConnection): void {
    this.#open.delete(connection.id);
  }

  get(id: ConnectionId): ManagedConnection | undefined {
    return this.#open.get(id);
  }

  all(): ManagedConnection[] {
    return [...this.#open.values()];
  }

  /** While set, told of each new connection. */
  watch(onAdded: ((connection: ManagedConnection) => void) | undefined): void {
    this.#onAdded = onAdded;
  }
}
