import { randomUUID } from 'node:crypto';
import { isTaskId } from '../../../task-queue/story.js';
import { NoTaskQueue } from '../../../task-queue/task-queue.js';
import { publicationBody } from '../../../protocol/encode.js';
import type { ApplicationFrame, JsonValue } from '../../../protocol/frames.js';
import { parseChannelName, parseClientId, parseFrameId, type ClientId } from '../../../protocol/ids.js';
import { HISTORY_MAX_BYTES, MAX_FRAME_BYTES } from '../../../protocol/limits.js';
import type {
  HandlerContext,
  HandlerLog,
  HandlerSession,
  HandlerTasks,
  Published,
  PublishOptions,
  StartedTask,
  TaskOptions,
} from '../../handlers/handler.js';
import { HandlerRefusal } from '../../handlers/run.js';
import { BrokerOverloaded, type Accepted } from '../../broker/channel-log.js';
import { API } from '../api/publications.js';
import { logProcessed } from '../processed.js';
import { isAnotherMessage } from '../reused-key.js';
import { whyNoStory, type Said } from '../stories.js';
import { targetedText } from '../targeted.js';
import { callLog } from './call-log.js';
import { CallWork } from './call-work.js';
import type { FrameConnection } from './frame-connection.js';

/** One call of a handler: what it says is the application's, and bounded as what clients say [handler-3]. */
export class CallContext implements HandlerContext {
  readonly session: HandlerSession;
  readonly signal: AbortSignal;
  readonly #connection: FrameConnection;
  readonly #frame: ApplicationFrame;
  readonly #work = new CallWork();
  #log: HandlerLog | undefined;
  #hasReplied = false;

  constructor(connection: FrameConnection, frame: ApplicationFrame, session: HandlerSession, signal: AbortSignal) {
    this.session = session;
    this.signal = signal;
    this.#connection = connection;
    this.#frame = frame;
  }

  get type(): string {
    return this.#frame.name;
  }

  get id(): string | undefined {
    return this.#frame.id;
  }

  get hasReplied(): boolean {
    return this.#hasReplied;
  }

  /** Made where it is wanted: most calls write no line. */
  get log(): HandlerLog {
    const { context, connectionLogFields } = this.#connection;
    this.#log ??= callLog(context.logger, { ...connectionLogFields, event: 'handler_said', handler: this.type });
    return this.#log;
  }

  /** Made where it is wanted: most calls start no task. */
  get tasks(): HandlerTasks {
    return { start: (name, data, options = {}) => this.#work.begin(() => this.#startTask(name, data, options)) };
  }

  readonly reply = (data: JsonValue): void => {
    this.signal.throwIfAborted();
    if (this.#hasReplied) throw new TypeError(`${this.type} has replied already`);
    requireJson(data, HISTORY_MAX_BYTES);
    this.#reply(data);
  };

  /** The call is over, and its handler had nothing to say. */
  replyNothing(): void {
    this.#reply(null);
  }

  readonly publish = (channel: string, data: JsonValue, options: PublishOptions = {}): Promise<Published> =>
    this.#work.begin(() => this.#publish(channel, data, options));

  readonly send = (clientId: string, data: JsonValue, options: Pick<PublishOptions, 'from'> = {}): Promise<number> =>
    this.#work.begin(() => this.#send(clientId, data, options));

  readonly forbidden = (message: string): Error => new HandlerRefusal('forbidden', message);

  readonly invalid = (message: string): Error => new HandlerRefusal('invalid_frame', message);

  #reply(data: JsonValue): void {
    this.#hasReplied = true;
    const { id } = this.#frame;
    if (id !== undefined) this.#connection.send({ type: 'reply', id, data });
  }

  async #publish(channel: string, data: JsonValue, { from, idempotencyKey }: PublishOptions): Promise<Published> {
    this.signal.throwIfAborted();
    const { context, metrics } = this.#connection;
    const name = parseChannelName(channel);
    if (name === undefined) throw new TypeError(`${JSON.stringify(channel)} is no channel`);
    const key = parseFrameId(idempotencyKey);
    if (key === undefined && idempotencyKey !== undefined) throw new TypeError('idempotencyKey: 1 to 64 characters');
    const publisher = requireClientId(from) ?? API;
    requireNoStory({ channel: name, from: publisher });
    requireJson(data, MAX_FRAME_BYTES);
    const body = publicationBody(publisher, data);
    const startedAt = performance.now();
    let accepted: Accepted;
    try {
      accepted = await context.log.publish({
        channel: name,
        // Those without a key go under another name, so that they push no key out of the window.
        publisher: key === undefined ? `handler:${this.type}:once` : `handler:${this.type}`,
        id: key ?? randomUUID(),
        body,
      });
    } catch (error) {
      metrics.messageFailed();
      if (error instanceof BrokerOverloaded) metrics.queueOverflowed();
      throw error;
    }
    const { epoch, offset, duplicate } = accepted;
    metrics.messageAccepted(duplicate, (performance.now() - startedAt) / 1000);
    logProcessed(context, () => ({ ...this.#connection.connectionLogFields, handler: this.type }), name, offset);
    if (duplicate && (await isAnotherMessage(context.log, name, accepted, body))) {
      throw new KeyReused(
        `${channel}: idempotencyKey ${key} was used for another message, at offset ${offset}; nothing was published`,
      );
    }
    return { epoch, offset, duplicate };
  }

  async #send(clientId: string, data: JsonValue, { from }: Pick<PublishOptions, 'from'>): Promise<number> {
    this.signal.throwIfAborted();
    const { context, metrics } = this.#connection;
    const to = requireClientId(clientId);
    const sender = requireClientId(from) ?? API;
    requireNoStory({ from: sender });
    requireJson(data, MAX_FRAME_BYTES);
    if (to === undefined) throw new TypeError('to which client?');
    const delivered = await context.clients.send(to, targetedText(to, sender, data));
    metrics.messageTargeted();
    return delivered;
  }

  async #startTask(name: string, data: JsonValue, { id = randomUUID() }: TaskOptions): Promise<StartedTask> {
    this.signal.throwIfAborted();
    const { tasks } = this.#connection.context;
    if (tasks === undefined) throw new NoTaskQueue();
    if (!isTaskId(id)) throw new TypeError(`${JSON.stringify(id)} is no id of a task: 1 to 64 letters, digits, _ or -`);
    requireJson(data, MAX_FRAME_BYTES);
    const { duplicate } = await tasks.start({ name, data, id });
    return { id, duplicate };
  }
}

/** What was to be published is not what its key stands for. */
class KeyReused extends Error {
  override readonly name = 'KeyReused';
}

const requireClientId = (value: string | undefined): ClientId | undefined => {
  const id = parseClientId(value);
  if (id === undefined && value !== undefined) throw new TypeError(`${JSON.stringify(value)} is no client_id`);
  return id;
};

const requireNoStory = (said: Said): void => {
  const why = whyNoStory(said);
  if (why !== undefined) throw new TypeError(why);
};

/** @throws TypeError for what has no JSON, RangeError for more than `most` bytes of it */
const requireJson = (data: JsonValue, most: number): void => {
  const text: unknown = JSON.stringify(data);
  if (typeof text !== 'string') throw new TypeError('data is no JSON value');
  if (Buffer.byteLength(text) > most) throw new RangeError(`data has more than ${most} bytes as JSON`);
};
