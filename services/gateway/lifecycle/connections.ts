import type { RevocableToken } from '../broker/revocation-store.js';
import type { ConnectionId } from '../../protocol/ids.js';

export type MoveReason = 'deploy' | 'rollback';

export type MoveOrder = Readonly<{
  reason: MoveReason;
  /** When the client should open its new connection, ms from now. */
  afterMs: number;
  /** When this connection is closed at the latest, ms from now. */
  deadlineMs: number;
}>;

/** One connection in numbers, named as people read them in `/ws-stats`. */
export type ConnectionDetails = Readonly<{
  connection_id: string;
  /** Null while the session is being opened. */
  client_id: string | null;
  connected_at: string;
  /** Of its own messages the last, or when it connected. */
  last_activity: string;
  /** Since it connected, s. */
  duration: number;
  messages_received: number;
  messages_sent: number;
  ip: string;
  endpoint: string;
  /** Messages that it may send now; null: no rate limit holds for it. */
  allowance: number | null;
}>;

/** What lists of connections are searched and sorted by: cheap to ask of ten thousand. */
export type ConnectionFacts = Readonly<{
  clientId: string | undefined;
  ip: string;
  endpoint: string;
  openedAtMs: number;
  /** Of its own messages the last, or when it connected. */
  activeAtMs: number;
  received: number;
  sent: number;
  /** What it sent and was refused: by an error, or for the rate limit. */
  errors: number;
}>;

/** An open connection, as the worker's lifecycle sees it. */
export interface ManagedConnection {
  readonly id: ConnectionId;
  /** False where the stack itself connected: it is no client. */
  readonly isCounted: boolean;
  /** The admin page's own: it counts as no connection [admin-5]. */
  readonly isPage: boolean;
  /** Once a heartbeat interval: beats, or finds that the client is gone. */
  beat(nowMs: number): void;
  /** Once an idle-check interval: warns of, or ends, what has been idle for too long. */
  checkIdle(nowMs: number): void;
  readonly facts: ConnectionFacts;
  describe(nowMs: number): ConnectionDetails;
  /** Tells the client how long it has been idle, and when it will be closed for that. False: its endpoint has no such frame. */
  warn(nowMs: number): boolean;
  /** What it was opened with, or renewed; undefined: without a token. */
  readonly token: RevocableToken | undefined;
  /** Its token was taken back: goodbye and 4401. */
  tokenRevoked(): void;
  /** A person wants it gone: goodbye and 1008. */
  dismiss(): void;
  /** Moves the client elsewhere: it is closed with 1012 by the deadline. Once. */
  move(order: MoveOrder): void;
  /** A newer connection of the same session is there. */
  replace(): void;
  /** The worker can't wait any longer: goodbye and 1012 now. */
  cutShort(): void;
}

export type ConnectionPage = Readonly<{
  connections: readonly ConnectionDetails[];
  /** The number of the last one of this page; undefined: nobody is behind it. */
  next: number | undefined;
}>;

type Entry = Readonly<{ connection: ManagedConnection; number: number }>;

/** Every open WebSocket of this worker, each with a number that rises with its arrival and is never reused. */
export class Connections {
  readonly #open = new Map<ConnectionId, Entry>();
  #newest = 0;
  #clients = 0;
  #pages = 0;
  readonly #named = new Set<ConnectionId>();
  #onAdded: ((connection: ManagedConnection) => void) | undefined;

  /** All, the admin page's own too. */
  get size(): number {
    return this.#open.size;
  }

  /** What people are told is open: all but the admin page's own. */
  get shown(): number {
    return this.#open.size - this.#pages;
  }

  /** Those of clients. */
  get clients(): number {
    return this.#clients;
  }

  /** Those whose client has a name of its own; the others are anonymous, or still being opened. */
  get named(): number {
    return this.#named.size;
  }

  add(connection: ManagedConnection): void {
    this.#newest += 1;
    this.#open.set(connection.id, { connection, number: this.#newest });
    if (connection.isCounted) this.#clients += 1;
    if (connection.isPage) this.#pages += 1;
    this.#onAdded?.(connection);
  }

  /** Its client's name is known, and is one that it claimed. */
  name(connection: ManagedConnection): void {
    if (this.#open.has(connection.id)) this.#named.add(connection.id);
  }

  remove(connection: ManagedConnection): void {
    this.#named.delete(connection.id);
    if (!this.#open.delete(connection.id)) return;
    if (connection.isCounted) this.#clients -= 1;
    if (connection.isPage) this.#pages -= 1;
  }

  get(id: ConnectionId): ManagedConnection | undefined {
    return this.#open.get(id)?.connection;
  }

  all(): ManagedConnection[] {
    return [...this.#open.values()].map(({ connection }) => connection);
  }

  /** Of those that are shown the ones with a number above `after`, oldest first, at most `limit`: whoever leaves meanwhile shifts nobody. */
  page(after: number, limit: number, nowMs: number): ConnectionPage {
    const connections: ConnectionDetails[] = [];
    let last = after;
    for (const { connection, number } of this.#open.values()) {
      if (number <= after || connection.isPage) continue;
      if (connections.length === limit) return { connections, next: last };
      connections.push(connection.describe(nowMs));
      last = number;
    }
    return { connections, next: undefined };
  }

  /** While set, told of each new connection. */
  watch(onAdded: ((connection: ManagedConnection) => void) | undefined): void {
    this.#onAdded = onAdded;
  }
}
