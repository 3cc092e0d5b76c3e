import type { z } from 'zod';
import type { JsonValue } from '../../protocol/frames.js';

/**
 * What an application writes: a type of message that clients may send, what its `data` must be, and what is done then
 * (docs/HANDLERS.md). `Schema` is one of zod 4; `data` is of its output type.
 */
export interface Handler<Schema extends z.ZodType = z.ZodType> {
  /** `[A-Za-z][A-Za-z0-9_.-]{0,63}`, no type of the protocol. One with a dot, such as `cart.add`, never becomes one. */
  readonly type: string;
  /** Asked synchronously. What it refuses the client is told as `invalid_frame`, and `handle` is not called. */
  readonly schema: Schema;
  /** Called for each frame, several at once. What it throws, or rejects with, the client is told as `internal`. */
  handle(context: HandlerContext, data: z.output<Schema>): void | Promise<void>;
}

/** Who sent the frame. The same object for all calls of a connection: a WeakMap can keep something for each. */
export interface HandlerSession {
  readonly clientId: string;
  readonly connectionId: string;
  /** The client's name by its token; undefined: it has none, and its `clientId` proves nothing. */
  readonly subject: string | undefined;
  /** The `info` claim of its token. */
  readonly info: JsonValue | undefined;
}

export type PublishOptions = Readonly<{
  /** Named as the publisher; default `api`, which no client can be called. */
  from?: string;
  /** 1 to 64 characters: the same message again, by this handler in this channel, is answered with the first offset. */
  idempotencyKey?: string;
}>;

export type Published = Readonly<{ epoch: string; offset: number; duplicate: boolean }>;

export type TaskOptions = Readonly<{
  /** Of the task, 1 to 64 letters, digits, _ or -: the same again is the same task, as long as the queue knows it. */
  id?: string;
}>;

/** `id`: of its channel `task:<id>` too. `duplicate`: it was there already, and nothing was started. */
export type StartedTask = Readonly<{ id: string; duplicate: boolean }>;

/** What takes longer than a call may: run by the task workers (docs/PROTOCOL.md, Tasks). */
export interface HandlerTasks {
  /**
   * Resolves when the queue has it; default of `id`: a new one. Rejects by `name` with UnknownTask (the message says which
   * tasks there are), WrongTaskData, TaskIdReused (the id stands for another task), TaskQueueFull, NoTaskQueue (this worker has no Redis), or BrokerUnavailable: Redis is away, and with
   * the same id it can be asked again. @throws TypeError, RangeError over 64 KiB
   */
  readonly start: (name: string, data: JsonValue, options?: TaskOptions) => Promise<StartedTask>;
}

/** Lines of a handler: with its type and what is known of the connection. `fields` come with the line, but for those of its own names. */
export interface HandlerLog {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/**
 * What a handler can do in one call. It acts for the application: no rule of channels and no right of the client holds for
 * it, and whatever a client may not do through it is its own to refuse. Its functions may be taken out of it. When the call is over by time or because the
 * connection ended, each of these throws. At most 100 of its publishes, sends and starts of tasks are under way at a time: one more
 * rejects by `name` with TooManyCalls.
 */
export interface HandlerContext {
  readonly type: string;
  /** The frame's own; undefined: it has none, and the client gets no reply. */
  readonly id: string | undefined;
  readonly session: HandlerSession;
  readonly log: HandlerLog;
  /** Aborted when the time is over (`HANDLER_TIMEOUT`) or the connection has ended. */
  readonly signal: AbortSignal;
  /** The answer, once a call; without one the client is answered with null at its end. @throws TypeError, RangeError over 256 KiB */
  readonly reply: (data: JsonValue) => void;
  /**
   * A publication of the application: kept, ordered and counted as those of clients. Rejects when Redis is away: the outcome
   * is unknown then; and by `name` with KeyReused: its idempotencyKey stands for another message. @throws TypeError, RangeError over 64 KiB
   */
  readonly publish: (channel: string, data: JsonValue, options?: PublishOptions) => Promise<Published>;
  /** To every connection of a client; resolves with how many were reached. As `publish`, but kept nowhere. */
  readonly send: (clientId: string, data: JsonValue, options?: Pick<PublishOptions, 'from'>) => Promise<number>;
  /** Tasks of the application. */
  readonly tasks: HandlerTasks;
  /** To be thrown: the client may not do this. It is told `forbidden` with the message, and it counts as its error. */
  readonly forbidden: (message: string) => Error;
  /** To be thrown: `data` is wrong in a way that the schema does not see. The client is told `invalid_frame`. */
  readonly invalid: (message: string) => Error;
}

/** Gives back what it is given: it is there so that `data` has the type that the schema says. */
export const defineHandler = <Schema extends z.ZodType>(handler: Handler<Schema>): Handler<Schema> => handler;
