import { randomUUID } from 'node:crypto';
import {
  parseSessionId,
  type ChannelName,
  type ClientId,
  type ConnectionId,
  type SessionId,
} from '../../protocol/ids.js';
import type { Position } from '../../protocol/frames.js';
import { BrokerUnavailable } from '../broker/channel-log.js';
import {
  NOTHING_SPENT,
  type KeptSubscription,
  type SessionOwner,
  type SessionStore,
  type SpentAllowance,
} from '../broker/session-store.js';
import { sessionDigest } from '../observability/logger.js';
import { AnonymousIds } from './anonymous.js';
import { Session } from './session.js';

export type OpenRequest = Readonly<{
  /** What the client gave as its session; anything that is not one counts as unknown. */
  requested: string | undefined;
  /** A name it may claim; a resumed session keeps its own. */
  clientId: ClientId | undefined;
  /** Whose token it has: the session's name, whatever it claims. */
  subject?: ClientId | undefined;
  connectionId: ConnectionId;
  /** Where a new session's place begins, when the server keeps it. */
  firstPlace: (() => Promise<Position>) | undefined;
}>;

export type OpenedSession = Readonly<{
  session: Session;
  previousOwner: SessionOwner | undefined;
  spent: SpentAllowance;
  /** A new one is being stored, and is none before this resolves. Rejects with BrokerUnavailable. */
  stored: Promise<void>;
}>;

const IS_STORED = Promise.resolve();

const FOLDED_A_JOIN = 2;
const NOTHING: ReadonlyMap<ChannelName, never> = new Map<ChannelName, never>();

/** Opens sessions: resumes what is known, makes a new one otherwise [resume-1]. */
export class Sessions {
  readonly #store: SessionStore;
  readonly #workerId: string;
  readonly #anonymous = new AnonymousIds();

  constructor(store: SessionStore, workerId: string) {
    this.#store = store;
    this.#workerId = workerId;
  }

  /** Stores that the session publishes to this channel, so that its count there is found again. @throws BrokerUnavailable */
  joinChannel(session: Session, channel: ChannelName): Promise<void> {
    return session.joined(channel, async () => {
      const [folded] = await Promise.all([this.#store.joinChannel(session.ref, channel), this.#foldOldest(session)]);
      return folded;
    });
  }

  /** Two, so that a session with many more than it may have comes down to that. */
  async #foldOldest(session: Session): Promise<void> {
    for (let n = 0; n < FOLDED_A_JOIN; n += 1) {
      const oldest = session.takeOldest();
      if (oldest === undefined) return;
      try {
        await this.#store.foldChannel(session.ref, oldest);
      } catch (error) {
        session.putBack(oldest);
        throw error;
      }
    }
  }

  /** From now on the session goes on with this channel, on any worker. @throws BrokerUnavailable */
  async keepSubscription(session: Session, channel: ChannelName, kept: KeptSubscription): Promise<void> {
    await this.#store.keepSubscription(session.ref, channel, kept);
    session.keep(channel, kept);
  }

  /** A program's word about all sessions of a client, those that are away too [api-13]. @throws BrokerUnavailable */
  grant(clientId: ClientId, channel: ChannelName, stands: boolean): Promise<void> {
    return this.#store.grant(clientId, channel, stands);
  }

  /** Drops what programs have ended while nobody could be told. Its client must be reached by then. @throws BrokerUnavailable */
  async checkGrants(session: Session): Promise<void> {
    const channels = session.granted;
    if (channels.length === 0) return;
    const stand = await this.#store.areGranted(session.clientId, channels);
    for (const [at, channel] of channels.entries()) {
      if (stand[at] === false) await this.dropSubscription(session, channel);
    }
  }

  /** The client does not want the channel any more. Never rejects: what Redis did not hear of only ends with the session. */
  async dropSubscription(session: Session, channel: ChannelName): Promise<void> {
    if (!session.drop(channel)) return;
    try {
      await this.#store.dropSubscription(session.ref, channel);
    } catch (error) {
      if (!(error instanceof BrokerUnavailable)) throw error;
    }
  }

  /** Counts a message to a client in the session's `message_count`. @throws BrokerUnavailable */
  async countSend(session: Session): Promise<void> {
    const count = await this.#store.countSend(session.ref);
    if (count !== undefined) session.countedSends(count);
  }

  /** @throws BrokerUnavailable */
  async open({ requested, clientId, subject, connectionId, firstPlace }: OpenRequest): Promise<OpenedSession> {
    const owner = { connectionId, workerId: this.#workerId };
    const id = parseSessionId(requested);
    if (id !== undefined) {
      const ref = sessionDigest(id);
      const stored = await this.#store.resume(ref, owner, subject);
      if (stored !== undefined) {
        return {
          session: new Session({ ...stored, id, ref, resumed: true }),
          previousOwner: stored.previousOwner,
          spent: stored.spent,
          stored: IS_STORED,
        };
      }
    }
    const place = firstPlace === undefined ? undefined : await firstPlace();
    const fresh = mintSession();
    const session = new Session({
      id: fresh,
      ref: sessionDigest(fresh),
      clientId: subject ?? clientId ?? this.#anonymous.mint(),
      resumed: false,
      place,
      counts: NOTHING,
      countedBefore: NOTHING,
      folded: 0,
      sends: 0,
      kept: NOTHING,
    });
    const stored = this.#store.create(session.ref, session.clientId, owner, place, subject);
    return { session, previousOwner: undefined, spent: NOTHING_SPENT, stored };
  }
}

const mintSession = (): SessionId => {
  const id = parseSessionId(randomUUID());
  if (id === undefined) throw new Error('randomUUID did not give a UUID v4');
  return id;
};
