import type { ErrorCode } from '../../protocol/error-codes.js';
import type { HandlerOutcome } from '../handlers/run.js';
import type { BackgroundTask } from '../lifecycle/background-tasks.js';
import type { HubMetrics } from '../hub/subscriber.js';

// Every value that a label may have is in a list: what a client sends names no series.

/** What a connection speaks. */
export const ENDPOINTS = ['channels', 'chat', 'plain', 'metrics'] as const;
export type Endpoint = (typeof ENDPOINTS)[number];

/** Why a connection ended. */
export const DISCONNECT_REASONS = [
  'client',
  'moved',
  'lost',
  'timeout',
  'idle',
  'replaced',
  'slow_consumer',
  'policy',
  'overloaded',
  'rate_limited',
  'unauthorized',
  'shutdown',
] as const;
export type DisconnectReason = (typeof DISCONNECT_REASONS)[number];

/** What became of a session at a handshake: `unknown` was asked for and is not there. */
export const SESSION_ORIGINS = ['new', 'resumed', 'unknown'] as const;
export type SessionOrigin = (typeof SESSION_ORIGINS)[number];

/** What a worker counts, in the domain's words. Calls on the message path are additions to plain numbers. */
export interface Metrics extends HubMetrics {
  connectionOpened(endpoint: Endpoint): void;
  connectionClosed(reason: DisconnectReason, durationSeconds: number): void;
  sessionOpened(how: SessionOrigin): void;
  messageReceived(): void;
  /** An accepted publish: acked, in the log. */
  messageAccepted(duplicate: boolean, seconds: number): void;
  messageFailed(): void;
  /** A message to a client was accepted, whoever it reached. */
  messageTargeted(): void;
  /** A call of a handler has ended for its client. @param handler its type, one of those registered */
  handlerCalled(handler: string, outcome: HandlerOutcome, seconds: number): void;
  /** Frames that went to clients other than fan-out. */
  frameSent(): void;
  error(code: ErrorCode): void;
  heartbeatTimedOut(): void;
  /** A loop of the background had died and was started again. */
  backgroundRestarted(task: BackgroundTask): void;
  recovered(recovered: boolean): void;
  httpResponse(route: string, status: number, seconds: number): void;
  /** A client was turned away, or would not say who it is. */
  unauthorized(): void;
  /** A page of an origin that may not connect tried to. */
  originRefused(): void;
  /** A message was refused with `overloaded`: too many wait for Redis. */
  queueOverflowed(): void;
  /** A message was refused with `system.rate_limited`. */
  messageRateLimited(): void;
  /** A handshake was refused with 429. */
  connectionRateLimited(): void;
  /** A connection was closed with 4429. */
  rateLimitDisconnected(): void;
}

const nothing = (): void => undefined;

/** Counts nothing: for what the stack itself does on its workers. */
export const NO_METRICS: Metrics = {
  connectionOpened: nothing,
  connectionClosed: nothing,
  sessionOpened: nothing,
  messageReceived: nothing,
  messageAccepted: nothing,
  messageFailed: nothing,
  messageTargeted: nothing,
  handlerCalled: nothing,
  frameSent: nothing,
  error: nothing,
  heartbeatTimedOut: nothing,
  backgroundRestarted: nothing,
  recovered: nothing,
  httpResponse: nothing,
  queueOverflowed: nothing,
  unauthorized: nothing,
  originRefused: nothing,
  messageRateLimited: nothing,
  connectionRateLimited: nothing,
  rateLimitDisconnected: nothing,
  fannedOut: nothing,
  deliveredAfter: nothing,
  gapFilled: nothing,
  orderBroken: nothing,
  fellBehind: nothing,
};

/** Additive series and momentary ones of this worker, flat: see `series.ts`. */
export type MetricSnapshot = Readonly<{
  totals: Readonly<Record<string, number>>;
  gauges: Readonly<Record<string, number>>;
}>;

/** How the metrics leave the worker. */
export interface MetricsExporter {
  readonly contentType: string;
  /** This worker alone, Prometheus text. */
  worker(): Promise<string>;
  snapshot(): Promise<MetricSnapshot>;
  /** Many workers as one, Prometheus text; `ended` are the totals of workers that are gone. */
  cluster(live: readonly MetricSnapshot[], ended: MetricSnapshot['totals']): Promise<string>;
}
