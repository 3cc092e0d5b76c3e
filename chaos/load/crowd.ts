import { messageOf } from '../../services/conductor/failure.js';
import { Books } from './books.js';
import { ChannelHearing } from './channel-hearing.js';
import { LibraryClient } from './library-client.js';
import { RefusedPublish, type Participant, type Watcher } from './participant.js';
import { OwnPlace } from './own-place.js';
import { PlainClient } from './plain-client.js';
import { ServerKeptPlace } from './server-kept-place.js';

export type CrowdOptions = Readonly<{
  /** Where a client connects; some go over the link whose weather faults change. */
  url: (overLink: boolean) => string;
  watcher: Watcher;
}>;

const CHANNELS = ['chaos:1', 'chaos:2', 'chaos:3', 'chaos:4'];
/** The one channel of `/ws/chat/`. */
const CHAT = 'chat';
const LIBRARY_CLIENTS = 12;
const PLAIN_CLIENTS = 8;
const CHAT_CLIENTS = 4;
/** One in so many clients goes over the link. */
const OVER_LINK = 3;
/** One in so many clients publishes: twelve of them, four times a second each. */
const PUBLISHES = 2;
const PUBLISH_EVERY_MS = 250;
const LARGE_BYTES = 30_000;
/** Outcomes that a refusal leaves open [error-2]. */
const UNKNOWN_AFTER: ReadonlySet<string> = new Set(['unavailable', 'internal']);

/** The load: clients of three kinds, half of which publish, and the books of what they saw. */
export class Crowd {
  readonly books = new Books([...CHANNELS, CHAT]);
  readonly #participants: readonly Participant[];
  /** They publish where they listen, in `chat`. */
  readonly #talkers: ReadonlySet<Participant>;
  readonly #watcher: Watcher;
  readonly #timers: NodeJS.Timeout[] = [];
  #pending = 0;

  constructor({ url, watcher }: CrowdOptions) {
    this.#watcher = watcher;
    const library = Array.from({ length: LIBRARY_CLIENTS }, (_, index) => {
      const name = `library-${index + 1}`;
      const accounts = channelsOf(index).map((channel) => this.books.account(name, channel));
      return new LibraryClient({ url: url(index % OVER_LINK === 0), name, accounts, books: this.books, watcher });
    });
    const plain = Array.from({ length: PLAIN_CLIENTS }, (_, index) => {
      const name = `plain-${index + 1}`;
      const subscriptions = channelsOf(index).map((channel) => {
        const account = this.books.account(name, channel);
        return new ChannelHearing(account, this.books, new OwnPlace(account));
      });
      return new PlainClient({ url: `${url(index % OVER_LINK === 0)}/ws`, name, subscriptions, watcher });
    });
    const chat = Array.from({ length: CHAT_CLIENTS }, (_, index) => {
      const name = `chat-${index + 1}`;
      const account = this.books.account(name, CHAT);
      const subscriptions = [new ChannelHearing(account, this.books, new ServerKeptPlace(account))];
      return new PlainClient({ url: `${url(index % OVER_LINK === 0)}/ws/chat/`, name, subscriptions, watcher });
    });
    this.#participants = [...library, ...plain, ...chat];
    this.#talkers = new Set(chat);
  }

  get size(): number {
    return this.#participants.length;
  }

  /** Publishes that have not been answered yet. */
  get pending(): number {
    return this.#pending;
  }

  /** Resolves when every client hears its channels; then they publish. */
  async start(): Promise<void> {
    await Promise.all(this.#participants.map((participant) => participant.ready()));
    for (const [index, participant] of this.#participants.entries()) {
      if (index % PUBLISHES !== 0) continue;
      // Not all of them at the same moment.
      const channel = this.#talkers.has(participant) ? CHAT : channelAt(index / PUBLISHES);
      const publish = (): void => this.#publish(participant, channel, 0);
      setTimeout(() => this.#timers.push(setInterval(publish, PUBLISH_EVERY_MS)), (index * 37) % PUBLISH_EVERY_MS);
    }
  }

  /** Large messages, so many on every channel at once. */
  burst(count: number): void {
    for (const index of CHANNELS.keys()) {
      const publisher = this.#participants[index * PUBLISHES];
      if (publisher === undefined) continue;
      for (let round = 0; round < count; round += 1) this.#publish(publisher, channelAt(index), LARGE_BYTES);
    }
  }

  /** What is not as it should be: clients that are away, accounts that have heard nothing sent after `sinceMs`. */
  ailing(sinceMs: number): readonly string[] {
    const away = this.#participants.filter(({ isLive }) => !isLive).map(({ name, state }) => `${name} is ${state}`);
    const behind = this.books
      .behind(sinceMs)
      .map(({ subscriber, channel }) => `${subscriber} hears nothing new on ${channel.name}`);
    return [...away, ...behind];
  }

  stopPublishing(): void {
    for (const timer of this.#timers.splice(0)) clearInterval(timer);
  }

  async close(): Promise<void> {
    this.stopPublishing();
    await Promise.all(this.#participants.map((participant) => participant.close()));
  }

  #publish(participant: Participant, channel: string, padding: number): void {
    const { entry, data } = this.books.begin(channel, participant.name, padding);
    this.#pending += 1;
    participant
      .publish(channel, data)
      .then(
        (acked) => this.books.acked(entry, acked),
        (error: unknown) => this.#refused(participant, error, (code) => (entry.outcome = { kind: 'refused', code })),
      )
      .finally(() => (this.#pending -= 1));
  }

  #refused(participant: Participant, error: unknown, refuse: (code: string) => void): void {
    this.#watcher.note(participant.name, `publish: ${messageOf(error)}`);
    if (!(error instanceof RefusedPublish) || UNKNOWN_AFTER.has(error.code)) return;
    refuse(error.code);
    if (error.code !== 'overloaded') this.#watcher.wrong(`${participant.name} may not publish: ${error.code}`);
  }
}

const channelAt = (index: number): string => CHANNELS[index % CHANNELS.length] ?? '';

/** One channel each; every third client has two. */
const channelsOf = (index: number): readonly string[] =>
  index % 3 === 2 ? [channelAt(index), channelAt(index + 1)] : [channelAt(index)];
