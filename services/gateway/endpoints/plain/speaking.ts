import type { ClientId } from '../../../protocol/ids.js';
import { BrokerOverloaded, BrokerUnavailable, type Accepted, type PublishRequest } from '../../broker/channel-log.js';
import type { Connection } from '../connection.js';
import { logProcessed } from '../processed.js';
import { PLAIN } from './plain-channel.js';

/** Characters that may wait for the lines before them; a line costs some besides its own. */
const MAX_WAITING = 1024 * 1024;
const LINE_COST = 64;

/**
 * What one client of the plain chat says, line after line: each is echoed, said to all, and has come back to its
 * speaker before the next one is taken up [plain-2].
 */
export class Speaking {
  readonly #connection: Connection;
  readonly #clientId: ClientId;
  /** It can't go on: Redis did not take a line. */
  readonly #failed: () => void;
  readonly #lines: string[] = [];
  #waiting = 0;
  readonly #started: Promise<void>;
  #start: () => void = () => undefined;
  #state: 'not started' | 'quiet' | 'speaking' | 'failed' = 'not started';
  #settled: Promise<void> = Promise.resolve();
  #published = 0;

  constructor(connection: Connection, clientId: ClientId, failed: () => void) {
    this.#connection = connection;
    this.#clientId = clientId;
    this.#failed = failed;
    this.#started = new Promise((resolve) => {
      this.#start = resolve;
    });
  }

  /** Lines are taken up from now on, first those that wait. */
  start(): void {
    this.#state = 'quiet';
    this.#goOn();
    this.#start();
  }

  /** False: too much waits already, and this line is not taken. */
  say(line: string): boolean {
    const cost = line.length + LINE_COST;
    if (this.#waiting + cost > MAX_WAITING) return false;
    this.#waiting += cost;
    this.#lines.push(line);
    this.#goOn();
    return true;
  }

  /** Resolves when everything that was taken has been said. */
  settled(): Promise<void> {
    return this.#settled;
  }

  /** What was not taken up yet never will be. */
  drop(): void {
    this.#lines.length = 0;
    this.#waiting = 0;
  }

  /** Resolves when everything that was taken up has been said, or can't be; the next line's number is free then. */
  async finished(): Promise<void> {
    await this.#started;
    await this.#settled;
  }

  /** A line to all, with an id of its own: sent again it is said once. */
  lineToAll(body: string): PublishRequest {
    this.#published += 1;
    return { channel: PLAIN, publisher: this.#connection.id, id: String(this.#published), body };
  }

  #goOn(): void {
    if (this.#state === 'quiet' && this.#lines.length > 0) this.#settled = this.#speak();
  }

  async #speak(): Promise<void> {
    this.#state = 'speaking';
    for (let line = this.#lines.shift(); line !== undefined; line = this.#lines.shift()) {
      this.#waiting -= line.length + LINE_COST;
      if (!(await this.#sayOne(line))) {
        this.#state = 'failed';
        return;
      }
    }
    this.#state = 'quiet';
  }

  async #sayOne(line: string): Promise<boolean> {
    const { context, metrics, out } = this.#connection;
    const startedAt = performance.now();
    if (this.#connection.isOpen) out.cork(() => out.send(`You sent: ${line}`));
    const accepted = await this.#publish(`Client #${this.#clientId} says: ${line}`);
    if (accepted === undefined) {
      metrics.messageFailed();
      return false;
    }
    metrics.messageAccepted(accepted.duplicate, (performance.now() - startedAt) / 1000);
    logProcessed(context, () => this.#connection.logFields, PLAIN, accepted.offset);
    await context.hub.delivered(PLAIN, accepted.offset);
    return true;
  }

  /** Undefined: it was not taken, and that was told. */
  async #publish(body: string): Promise<Accepted | undefined> {
    const { context, metrics, logFields } = this.#connection;
    try {
      return await context.log.publish(this.lineToAll(body));
    } catch (error) {
      if (error instanceof BrokerOverloaded) metrics.queueOverflowed();
      else if (!(error instanceof BrokerUnavailable)) {
        context.logger.error({ ...logFields, event: 'websocket_frame_failed', error }, 'Plain line failed');
      }
      this.#failed();
      return undefined;
    }
  }
}
