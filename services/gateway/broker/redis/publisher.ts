import type { Redis } from 'ioredis';
import { BrokerUnavailable } from '../channel-log.js';
import type { BrokerLogger } from '../logger.js';
import { EpochCandidates } from './epoch-candidates.js';
import { Evaluation } from './evaluation.js';
import { RedisLink } from './link.js';
import { UnexpectedReply } from './reply.js';
import type { Scripts } from './scripts.js';

export type PublisherOptions = Readonly<{
  url: string;
  workerId: string;
  logger: BrokerLogger;
  scripts: Scripts;
  /** The connection is new and ready; called before anybody else can use it. */
  ready(): void;
}>;

const isErrorReply = (error: unknown): error is Error => error instanceof Error && error.name === 'ReplyError';

/** What became of a command that failed: Redis refused it, or nobody knows because the connection was lost. */
export type Failure = Readonly<{ kind: 'lost' } | { kind: 'refused'; why: string }>;

/** The connection for commands and scripts. Knows which Redis it talks to (run_id) and that it has our scripts. */
export class Publisher {
  readonly #link: RedisLink;
  readonly #scripts: Scripts;
  readonly #epochs = new EpochCandidates();
  #runId = '';

  constructor(options: PublisherOptions) {
    this.#scripts = options.scripts;
    this.#link = new RedisLink({
      url: options.url,
      name: `switchyard-publisher-${options.workerId}`,
      autoPipelining: true,
      logger: options.logger,
      prepare: (client) => this.#prepare(client),
      ready: () => options.ready(),
    });
  }

  start = (): Promise<void> => this.#link.start();
  stop = (): Promise<void> => this.#link.stop();

  get isReady(): boolean {
    return this.#link.isReady;
  }

  get why(): string | undefined {
    return this.#link.why;
  }

  /** One or more plain commands. @throws BrokerUnavailable */
  async use<T>(work: (client: Redis) => Promise<T>): Promise<T> {
    const client = this.#link.client();
    try {
      return await work(client);
    } catch (error) {
      throw this.#unavailable(error);
    }
  }

  /**
   * One batch at a time is before Redis, and the next one grows meanwhile: what a herd asks for waits here, not there, and
   * publications pass it by. @throws BrokerUnavailable
   */
  run(name: keyof Scripts, keys: readonly string[], args: readonly (string | number)[]): Promise<unknown> {
    const { sha } = this.#scripts[name];
    return this.use((client) => client.evalsha(sha, keys.length, ...keys, ...args));
  }

  /** In this turn of the event loop, whatever is before Redis: for those who see to it themselves that they are few. @throws BrokerUnavailable */
  runAtOnce(name: keyof Scripts, keys: readonly string[], args: readonly (string | number)[]): Promise<unknown> {
    return this.use(async (client) => {
      this.#link.gather();
      return client.sendCommand(new Evaluation(this.#scripts[name], keys, args));
    });
  }

  /** A script that touches a channel, told which Redis this is. @throws BrokerUnavailable */
  runOnChannel(name: keyof Scripts, keys: readonly string[], args: readonly (string | number)[]): Promise<unknown> {
    return this.run(name, keys, [this.#runId, this.#epochs.next(), ...args]);
  }

  /**
   * As `runOnChannel`, but at once, not with what else the turn has for Redis, and rejects with what went wrong, for
   * `failureOf`. Several of them belong into one `together`.
   */
  async attemptOnChannel(name: keyof Scripts, keys: readonly string[], args: readonly (string | number)[]) {
    const command = new Evaluation(this.#scripts[name], keys, [this.#runId, this.#epochs.next(), ...args]);
    return this.#link.client().sendCommand(command);
  }

  /** What `attempts` sends goes out in one write. */
  together(attempts: () => void): void {
    const stream = this.#link.connected()?.stream;
    stream?.cork();
    attempts();
    // With what was gathered until now, which may have been for the end of a later turn.
    for (let corks = stream?.writableCorked ?? 0; corks > 0; corks -= 1) stream?.uncork();
  }

  /**
   * Tells what became of a failed attempt. When Redis forgot our scripts (SCRIPT FLUSH) or is no longer the master,
   * the connection is dropped: everything in flight on it counts as lost and is sent again in order on the next one,
   * where loading the scripts one by one here would let later publishes pass earlier ones.
   */
  failureOf(error: unknown): Failure {
    if (error instanceof UnexpectedReply) return { kind: 'refused', why: error.message };
    if (!isErrorReply(error)) return { kind: 'lost' };
    if (error.message.startsWith('NOSCRIPT')) {
      this.#link.reset('Redis forgot the scripts');
      return { kind: 'lost' };
    }
    if (error.message.startsWith('READONLY')) this.#link.reset('Redis is a read-only replica');
    return { kind: 'refused', why: error.message };
  }

  #unavailable(error: unknown): BrokerUnavailable {
    const failure = this.failureOf(error);
    return new BrokerUnavailable(failure.kind === 'refused' ? `Redis refused: ${failure.why}` : 'Redis was lost', {
      cause: error,
    });
  }

  async #prepare(client: Redis): Promise<void> {
    const [info] = await Promise.all([
      client.info('server'),
      ...Object.values(this.#scripts).map(({ source }) => client.script('LOAD', source)),
    ]);
    const runId = /^run_id:(\w+)/m.exec(info)?.[1];
    if (runId === undefined) throw new Error('INFO server shows no run_id');
    this.#runId = runId;
  }
}
