import { Redis } from 'ioredis';
import type { RedisOptions } from 'ioredis';
import { BrokerUnavailable } from '../channel-log.js';
import type { BrokerLogger } from '../logger.js';

const PING_EVERY_MS = 1_000;
/** A Redis that owes an answer and sends nothing for so long hangs, or the connection is half open. */
const SILENCE_MS = 2_000;
const FIRST_ATTEMPT_MS = 2_000;

const OPTIONS = {
  lazyConnect: true,
  protocol: 2,
  disableClientInfo: true,
  connectTimeout: SILENCE_MS,
  socketTimeout: SILENCE_MS,
  retryStrategy: (attempt: number) => Math.min(50 * attempt, 500),
  // Nothing is kept or sent again behind our back: the outbox decides what is, and in which order.
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  autoResubscribe: false,
  maxRetriesPerRequest: 0,
} satisfies RedisOptions;

export type LinkOptions = Readonly<{
  url: string;
  name: string;
  autoPipelining: boolean;
  logger: BrokerLogger;
  /** A message of a subscription. */
  message?(topic: string, payload: string): void;
  /** Makes a new connection fit for use; nothing else uses it before. A rejection drops the connection. */
  prepare(client: Redis): Promise<void>;
  /** The connection is prepared. Called synchronously, before anybody else can use it. */
  ready(): void;
}>;

type State = Readonly<{ kind: 'idle' | 'ready' | 'stopped' }> | Readonly<{ kind: 'away'; why: string }>;

/** Clients are told these words: what the system says of a connection names its address, and only its code is taken. */
const wordsOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  // An AggregateError (every address of a name refused) has a code and no message.
  if ('code' in error && typeof error.code === 'string') return error.code;
  return error.message === '' ? error.name : error.message;
};

/**
 * One connection to Redis that comes back by itself: connected, prepared, ready; lost; again. A Redis that hangs is
 * noticed by its silence and counts as lost.
 */
export class RedisLink {
  readonly #client: Redis;
  readonly #options: LinkOptions;
  #state: State = { kind: 'idle' };
  #lastError = 'not connected yet';
  #ping: NodeJS.Timeout | undefined;
  #firstAttemptOver: () => void = () => undefined;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#client = new Redis(options.url, {
      ...OPTIONS,
      connectionName: options.name,
      enableAutoPipelining: options.autoPipelining,
    });
    this.#client.on('error', (error: unknown) => {
      this.#lastError = wordsOf(error);
    });
    this.#client.on('message', (topic, payload) => options.message?.(topic, payload));
    this.#client.on('ready', () => void this.#prepare());
    this.#client.on('close', () => this.#lost());
  }

  /** Resolves when the first attempt has ended either way, after two seconds at the latest. */
  start(): Promise<void> {
    this.#ping = setInterval(() => {
      if (this.#client.status === 'ready') this.#client.ping().catch(() => undefined);
    }, PING_EVERY_MS);
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, FIRST_ATTEMPT_MS);
      this.#firstAttemptOver = () => {
        clearTimeout(timer);
        resolve();
      };
      this.#client.connect().catch(() => undefined);
    });
  }

  get isReady(): boolean {
    return this.#state.kind === 'ready';
  }

  /** Why the connection can't be used, in words. */
  get why(): string | undefined {
    switch (this.#state.kind) {
      case 'ready':
        return undefined;
      case 'away':
        return this.#state.why;
      case 'idle':
      case 'stopped':
        return this.#state.kind === 'idle' ? this.#lastError : 'stopped';
      default:
        return this.#state satisfies never;
    }
  }

  /** The client, for one command. @throws BrokerUnavailable */
  client(): Redis {
    if (this.#state.kind !== 'ready') throw new BrokerUnavailable(`Redis is away: ${this.why}`);
    return this.#client;
  }

  /** The client when a connection stands, prepared or not. */
  connected(): Redis | undefined {
    return this.#client.status === 'ready' ? this.#client : undefined;
  }

  /** What is sent from now on in this turn of the event loop goes out in one write, when the turn has read every socket. */
  gather(): void {
    const stream = this.connected()?.stream;
    if (stream === undefined || stream.writableCorked > 0) return;
    stream.cork();
    setImmediate(() => stream.uncork());
  }

  /** Drops the connection; a new one is made and prepared. */
  reset(why: string): void {
    this.#lastError = why;
    this.#client.stream.destroy();
  }

  /** Says goodbye where somebody listens, and ends the connection in any case. */
  async stop(): Promise<void> {
    if (this.#state.kind === 'stopped') return;
    const polite = this.#state.kind === 'ready';
    this.#state = { kind: 'stopped' };
    clearInterval(this.#ping);
    this.#firstAttemptOver();
    if (polite) await this.#client.quit().catch(() => undefined);
    this.#client.disconnect();
  }

  async #prepare(): Promise<void> {
    const { stream } = this.#client;
    try {
      await this.#options.prepare(this.#client);
    } catch (error) {
      this.#lastError = wordsOf(error);
      stream.destroy();
      return;
    }
    // The connection may have been lost, even replaced, while it was prepared: the next one comes here again.
    if (this.#client.stream !== stream || this.#client.status !== 'ready' || this.#state.kind === 'stopped') return;
    this.#state = { kind: 'ready' };
    this.#lastError = 'Redis closed the connection';
    this.#options.logger.info({ event: 'redis_connected', connection: this.#options.name }, 'connected to Redis');
    this.#options.ready();
    this.#firstAttemptOver();
  }

  #lost(): void {
    if (this.#state.kind === 'stopped') return;
    if (this.#state.kind === 'ready') {
      this.#options.logger.warn(
        { event: 'redis_lost', connection: this.#options.name, why: this.#lastError },
        'lost Redis',
      );
    }
    this.#state = { kind: 'away', why: this.#lastError };
    this.#firstAttemptOver();
  }
}
