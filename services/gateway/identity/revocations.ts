import { BrokerUnavailable } from '../broker/channel-log.js';
import { isMadeBy, type RevocableToken, type Revocation, type RevocationStore } from '../broker/revocation-store.js';
import type { Connections, ManagedConnection } from '../lifecycle/connections.js';
import { Loop } from '../lifecycle/loop.js';
import { Slices } from '../lifecycle/slices.js';

/** Connections are held against what is stored so often, ms: for a worker that was not reached. */
const CHECK_MS = 30_000;
/** Tokens that are asked about at a time. */
const BATCH = 500;
/** A handshake, from its token's check to its WebSocket, takes less, ms. */
const REMEMBERED_MS = 60_000;

type Recent = Readonly<{ revocation: Revocation; atMs: number }>;

/** What was taken back, on this worker: no such token opens anything, and what it opened is closed [token-7]. */
export class Revocations {
  readonly loop = new Loop('revocations', CHECK_MS, () => this.check());
  readonly #store: RevocationStore;
  readonly #connections: Connections;
  /** A handshake whose token was good when it was looked at may still be under way. */
  #recent: readonly Recent[] = [];

  constructor(store: RevocationStore, connections: Connections) {
    this.#store = store;
    this.#connections = connections;
  }

  start(): void {
    this.loop.start();
  }

  stop(): void {
    this.loop.stop();
  }

  /** @throws BrokerUnavailable */
  async isRevoked(token: RevocableToken): Promise<boolean> {
    const [isRevoked] = await this.#store.areRevoked([token]);
    return isRevoked === true;
  }

  /** Whether it was taken back while it was being let in. */
  isJustRevoked(token: RevocableToken): boolean {
    return this.#recent.some(({ revocation }) => isHit(revocation, token));
  }

  /** Something was taken back: closes what it hits on this worker, and says how many that were. */
  async apply(revocation: Revocation): Promise<number> {
    const nowMs = Date.now();
    this.#recent = [...this.#recent.filter(({ atMs }) => nowMs - atMs < REMEMBERED_MS), { revocation, atMs: nowMs }];
    const slices = new Slices();
    let closed = 0;
    for (const connection of this.#connections.all()) {
      const pause = slices.breathe();
      if (pause !== undefined) await pause;
      const { token } = connection;
      if (token === undefined || !isHit(revocation, token)) continue;
      connection.tokenRevoked();
      closed += 1;
    }
    return closed;
  }

  /** Closes whatever was opened with a token that is taken back, however that was heard of. */
  async check(): Promise<void> {
    const held = this.#connections
      .all()
      .flatMap((connection) => (connection.token === undefined ? [] : [{ connection, token: connection.token }]));
    try {
      for (let from = 0; from < held.length; from += BATCH) await this.#checkSome(held.slice(from, from + BATCH));
    } catch (error) {
      // The next turn comes soon.
      if (!(error instanceof BrokerUnavailable)) throw error;
    }
  }

  async #checkSome(held: readonly Readonly<{ connection: ManagedConnection; token: RevocableToken }>[]): Promise<void> {
    const revoked = await this.#store.areRevoked(held.map(({ token }) => token));
    for (const [index, { connection, token }] of held.entries()) {
      // It may have been renewed meanwhile.
      if (revoked[index] === true && connection.token === token) connection.tokenRevoked();
    }
  }
}

const isHit = (revocation: Revocation, token: RevocableToken): boolean =>
  revocation.kind === 'token'
    ? token.tokenId === revocation.tokenId
    : token.clientId === revocation.clientId && isMadeBy(token, revocation.untilMs);
