import type { ChannelLog, PublishRequest } from '../../broker/channel-log.js';
import { BrokerOverloaded, BrokerUnavailable } from '../../broker/channel-log.js';
import { Loop } from '../../lifecycle/loop.js';

const RETRY_MS = 500;
/** More than that nobody reads; what would be kept longer is old news. */
const MOST = 10_000;
const KEPT_MS = 300_000;

type Leaving = Readonly<{ request: PublishRequest; untilMs: number }>;

/**
 * Lines about clients that have left. Nobody is there any more to be told that one could not be said, so it is said
 * as soon as Redis takes it [plain-3]: sent again with the same id, it is said once.
 */
export class Leavings {
  readonly loop = new Loop('leavings', RETRY_MS, () => this.#again());
  readonly #log: ChannelLog;
  #waiting: Leaving[] = [];

  constructor(log: ChannelLog) {
    this.#log = log;
  }

  start(): void {
    this.loop.start();
  }

  /** What still waits is given up: the worker ends. */
  stop(): void {
    this.loop.stop();
    this.#waiting = [];
  }

  async say(request: PublishRequest): Promise<void> {
    await this.#try({ request, untilMs: Date.now() + KEPT_MS });
  }

  async #again(): Promise<void> {
    const waiting = this.#waiting.filter(({ untilMs }) => untilMs > Date.now());
    this.#waiting = [];
    await Promise.all(waiting.map((leaving) => this.#try(leaving)));
  }

  async #try(leaving: Leaving): Promise<void> {
    try {
      await this.#log.publish(leaving.request);
    } catch (error) {
      if (!(error instanceof BrokerUnavailable || error instanceof BrokerOverloaded)) throw error;
      if (this.#waiting.length < MOST) this.#waiting.push(leaving);
    }
  }
}
