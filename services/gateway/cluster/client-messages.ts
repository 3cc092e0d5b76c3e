import { randomUUID } from 'node:crypto';
import { parseChannelName, type ChannelName, type ClientId } from '../../protocol/ids.js';
import type { ClientDirectory } from '../broker/client-directory.js';
import type { WorkerMessages } from './worker-messages.js';

/** A worker that lives answers within milliseconds; one that hangs is waited for so long. */
const ANSWER_MS = 1_000;
const ANSWER = 'client-answer';

/** A connection that is reached by its client's name. */
export interface Addressee {
  /** One frame, encoded. False: it is not open. */
  deliver(text: string): boolean;
  /** Subscribes it to the channel, or ends that, unless it is so already. False: it is not open. */
  follow(channel: ChannelName, follows: boolean): boolean;
}

/** What a client's connections are told; the word comes before what it is about. */
const ORDERS = ['message', 'subscribe', 'unsubscribe'] as const;
type Order = (typeof ORDERS)[number];
const isOrder = (word: string): word is Order => ORDERS.some((order) => order === word);

/** Answers that are waited for: how many connections each worker reached. */
type Waiting = {
  readonly settle: (reached: number) => void;
  reached: number;
  answers: number;
  /** How many workers were told; unknown until Redis has said it. */
  expected: number;
};

/**
 * What is said to a client reaches every connection that it has in the cluster. Only the workers that have some of them
 * hear of it, and each answers how many it reached: nobody is asked in vain, however large the cluster is.
 */
export class ClientMessages {
  readonly #directory: ClientDirectory;
  readonly #messages: WorkerMessages;
  readonly #workerId: string;
  /** Most clients are here once: a set of their own would cost each 200 bytes. */
  readonly #addressees = new Map<ClientId, Addressee | Set<Addressee>>();
  readonly #waiting = new Map<string, Waiting>();

  constructor(directory: ClientDirectory, messages: WorkerMessages, workerId: string) {
    this.#directory = directory;
    this.#messages = messages;
    this.#workerId = workerId;
    messages.on(ANSWER, (text) => {
      const [id = '', reached = ''] = text.split(' ');
      this.#answered(id, Number(reached));
    });
  }

  /** From when it resolves the connection is reached; while Redis is away at once, and it is reached when that is back. */
  join(clientId: ClientId, addressee: Addressee): Promise<void> {
    const known = this.#addressees.get(clientId);
    if (known === undefined) this.#addressees.set(clientId, addressee);
    else if (known instanceof Set) known.add(addressee);
    else this.#addressees.set(clientId, new Set([known, addressee]));
    return this.#directory.attend(clientId);
  }

  /** Idempotent. */
  leave(clientId: ClientId, addressee: Addressee): void {
    const known = this.#addressees.get(clientId);
    if (known instanceof Set) {
      if (!known.delete(addressee) || known.size > 0) return;
    } else if (known !== addressee) return;
    this.#addressees.delete(clientId);
    this.#directory.unattend(clientId);
  }

  /**
   * Sends one frame, encoded. Resolves with the number of connections reached, after a second at the latest: those of a
   * worker that has not answered by then are not counted. @throws BrokerUnavailable
   */
  send(clientId: ClientId, text: string): Promise<number> {
    return this.#order(clientId, 'message', text);
  }

  /** Subscribes every connection of the client to the channel, or ends that. Resolves as `send`. @throws BrokerUnavailable */
  follow(clientId: ClientId, channel: ChannelName, follows: boolean): Promise<number> {
    return this.#order(clientId, follows ? 'subscribe' : 'unsubscribe', channel);
  }

  async #order(clientId: ClientId, order: Order, about: string): Promise<number> {
    const id = randomUUID();
    const counted = this.#count(id);
    try {
      const expected = await this.#directory.tell(clientId, `${id} ${this.#workerId} ${order} ${about}`);
      this.#expect(id, expected);
    } catch (error) {
      this.#waiting.get(id)?.settle(0);
      throw error;
    }
    return counted;
  }

  /** Another worker sends to a client, or this one. */
  told(clientId: ClientId, message: string): void {
    const [id = '', asker = '', order = ''] = message.split(' ', 3);
    const about = message.slice(id.length + asker.length + order.length + 3);
    // Orders of other versions reach nobody.
    const reached = isOrder(order)
      ? this.#addresseesOf(clientId).filter((addressee) => obeys(addressee, order, about)).length
      : 0;
    if (asker === this.#workerId) this.#answered(id, reached);
    else this.#messages.tell(asker, ANSWER, `${id} ${reached}`);
  }

  #addresseesOf(clientId: ClientId): readonly Addressee[] {
    const known = this.#addressees.get(clientId);
    if (known === undefined) return [];
    return known instanceof Set ? [...known] : [known];
  }

  #count(id: string): Promise<number> {
    return new Promise((resolve) => {
      const settle = (reached: number): void => {
        clearTimeout(late);
        this.#waiting.delete(id);
        resolve(reached);
      };
      const late = setTimeout(() => settle(this.#waiting.get(id)?.reached ?? 0), ANSWER_MS);
      this.#waiting.set(id, { settle, reached: 0, answers: 0, expected: Infinity });
    });
  }

  #expect(id: string, workers: number): void {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return;
    waiting.expected = workers;
    this.#settleIfDone(waiting);
  }

  #answered(id: string, reached: number): void {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined || !Number.isSafeInteger(reached)) return;
    waiting.reached += reached;
    waiting.answers += 1;
    this.#settleIfDone(waiting);
  }

  #settleIfDone(waiting: Waiting): void {
    if (waiting.answers >= waiting.expected) waiting.settle(waiting.reached);
  }
}

const obeys = (addressee: Addressee, order: Order, about: string): boolean => {
  if (order === 'message') return addressee.deliver(about);
  const channel = parseChannelName(about);
  return channel !== undefined && addressee.follow(channel, order === 'subscribe');
};
