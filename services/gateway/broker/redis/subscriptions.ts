import type { Redis } from 'ioredis';
import type { ChannelName } from '../../../protocol/ids.js';
import { BrokerUnavailable } from '../channel-log.js';
import type { BrokerListener } from '../broker.js';
import type { BrokerLogger } from '../logger.js';
import { channelOfPresenceTopic, clientOfTopic, topicOf, workerTopic } from './keys.js';
import { RedisLink } from './link.js';
import { parsePayload, parsePresenceChange } from './payload.js';
import { Turn } from './turn.js';

const BATCH = 512;
/** Probes that may be on their way; one a second. */
const PROBES_ALLOWED = 3;

/** What a worker's own topic carries: a probe of itself, or something another worker tells it. */
export const PROBE = 'probe';
export const TOLD_PREFIX = 'told:';

type Subscription = {
  readonly channel: ChannelName;
  readonly standing: Promise<void>;
  /** Redis has confirmed it once; it is renewed on each new connection. */
  confirmed: boolean;
};

/** As many topics as one command names. */
const batchesOf = (topics: readonly string[]): readonly (readonly string[])[] =>
  Array.from({ length: Math.ceil(topics.length / BATCH) }, (_, at) => topics.slice(at * BATCH, (at + 1) * BATCH));

export type SubscriptionsOptions = Readonly<{ url: string; workerId: string; logger: BrokerLogger }>;

/** The connection that listens: which channels, and whether it really hears. */
export class Subscriptions {
  readonly #link: RedisLink;
  readonly #logger: BrokerLogger;
  readonly #ownTopic: string;
  readonly #byTopic = new Map<string, Subscription>();
  /** Topics of clients and of presence, and when Redis has confirmed each; all are renewed on each new connection. */
  readonly #attended = new Map<string, Promise<void>>();
  /** A herd is attended to by one command, not one for each. */
  readonly #wanted = new Turn<string>((topics) => this.#attendAll(topics));
  /** Where thousands leave at once, each command of its own would cost more than they do. */
  readonly #unwanted = new Turn<string>((topics) => this.#unsubscribe(topics));
  #listener: BrokerListener | undefined;
  #stoodBefore = false;
  #probesUnheard = 0;

  constructor({ url, workerId, logger }: SubscriptionsOptions) {
    this.#logger = logger;
    this.#ownTopic = workerTopic(workerId);
    this.#link = new RedisLink({
      url,
      name: `switchyard-subscriber-${workerId}`,
      autoPipelining: false,
      logger,
      prepare: (client) => this.#subscribeAll(client),
      ready: () => this.#standing(),
      message: (topic, payload) => this.#hear(topic, payload),
    });
  }

  start(listener: BrokerListener): Promise<void> {
    this.#listener = listener;
    return this.#link.start();
  }

  stop = (): Promise<void> => this.#link.stop();

  get why(): string | undefined {
    return this.#link.why;
  }

  /** @throws BrokerUnavailable */
  async listen(channel: ChannelName): Promise<void> {
    const client = this.#link.client();
    const topic = topicOf(channel);
    const known = this.#byTopic.get(topic);
    if (known !== undefined) return known.standing;
    this.#link.gather();
    const subscription: Subscription = {
      channel,
      confirmed: false,
      standing: client.subscribe(topic).then(
        () => void (subscription.confirmed = true),
        (cause: unknown) => {
          // Unless it was given up and asked for again meanwhile.
          if (this.#byTopic.get(topic) === subscription) this.#byTopic.delete(topic);
          throw new BrokerUnavailable('Redis was lost before it confirmed the subscription', { cause });
        },
      ),
    };
    this.#byTopic.set(topic, subscription);
    return subscription.standing;
  }

  unlisten(channel: ChannelName): void {
    const topic = topicOf(channel);
    if (this.#byTopic.delete(topic)) void this.#unwanted.add(topic);
  }

  /**
   * Commands of one connection are done in order: what was asked for again meanwhile stays, and a SUBSCRIBE that follows wins.
   * Never rejects.
   */
  async #unsubscribe(unwanted: readonly string[]): Promise<void> {
    const topics = unwanted.filter((topic) => !this.#byTopic.has(topic) && !this.#attended.has(topic));
    const client = this.#link.connected();
    if (client !== undefined) await Promise.allSettled(batchesOf(topics).map((batch) => client.unsubscribe(...batch)));
  }

  /** Resolves when it stands, or when the connection is away: the next one begins with it. */
  attend(topic: string): Promise<void> {
    const known = this.#attended.get(topic);
    if (known !== undefined) return known;
    const standing = this.#wanted.add(topic);
    this.#attended.set(topic, standing);
    return standing;
  }

  /** Never rejects: what is not confirmed now stands with the next connection. */
  async #attendAll(wanted: readonly string[]): Promise<void> {
    // A topic that was given up meanwhile is not asked for: it may have been said already that it is not.
    const topics = wanted.filter((topic) => this.#attended.has(topic));
    const client = this.#link.connected();
    if (client !== undefined) await Promise.allSettled(batchesOf(topics).map((batch) => client.subscribe(...batch)));
  }

  unattend(topic: string): void {
    if (this.#attended.delete(topic)) void this.#unwanted.add(topic);
  }

  /**
   * A probe was sent to this worker's own topic and Redis took it. When several in a row are not heard here, the
   * connection looks alive and is not, or Redis has forgotten what it listens to.
   */
  probeSent(): void {
    if (!this.#link.isReady) return;
    this.#probesUnheard += 1;
    if (this.#probesUnheard > PROBES_ALLOWED) this.#link.reset('the subscription hears nothing');
  }

  async #subscribeAll(client: Redis): Promise<void> {
    const channels = [...this.#byTopic].filter(([, { confirmed }]) => confirmed).map(([topic]) => topic);
    const topics = [this.#ownTopic, ...channels, ...this.#attended.keys()];
    await Promise.all(batchesOf(topics).map((batch) => client.subscribe(...batch)));
  }

  #standing(): void {
    this.#probesUnheard = 0;
    if (this.#stoodBefore) this.#listener?.resumed();
    this.#stoodBefore = true;
  }

  #hear(topic: string, payload: string): void {
    if (topic === this.#ownTopic) {
      this.#probesUnheard = 0;
      if (payload.startsWith(TOLD_PREFIX)) this.#listener?.told(payload.slice(TOLD_PREFIX.length));
      return;
    }
    const subscription = this.#byTopic.get(topic);
    if (subscription === undefined) {
      this.#hearAttended(topic, payload);
      return;
    }
    const publication = parsePayload(payload);
    if (publication === undefined) {
      this.#logger.warn(
        { event: 'publication_unreadable', channel: subscription.channel },
        'not a publication: somebody else writes to our channel',
      );
      return;
    }
    this.#listener?.publication(subscription.channel, publication);
  }

  /** Said to a client, or of who is present; else it was still on its way when its channel was given up. */
  #hearAttended(topic: string, payload: string): void {
    const clientId = clientOfTopic(topic);
    if (clientId !== undefined) this.#listener?.clientTold(clientId, payload);
    const channel = channelOfPresenceTopic(topic);
    const change = channel === undefined ? undefined : parsePresenceChange(payload);
    if (channel !== undefined && change !== undefined) this.#listener?.presenceChanged(channel, change);
  }
}
