import { z } from 'zod';
import { Failure, messageOf } from './failure.js';
import type { WorkerAddress } from './engines/engine.js';
import type { DeployNotice } from './deploy/notice.js';
import type { Reason } from './deploy/plan.js';

const Version = z.object({
  release: z.string(),
  color: z.string(),
  worker: z.string(),
  pid: z.number(),
  /** A release from before there was this does not say; so is `restarted`. */
  started_at: z.string().optional(),
});
const Readiness = z.object({ status: z.string(), checks: z.record(z.string(), z.string()) });
const Vitals = z.object({
  event_loop_lag_ms: z.number(),
  host_busy: z.number().default(0),
  redis_round_trip_ms: z.number().nullable(),
  delivery_lag_ms: z.number().nullable(),
  publishes: z.number(),
  publishes_failed: z.number(),
  resumes: z.number(),
  resumes_failed: z.number(),
  recoveries: z.number(),
  recoveries_failed: z.number(),
  closes: z.number(),
  closes_unexpected: z.number(),
  /** Releases from before it was told apart say none. */
  closes_doubtful: z.number().default(0),
  /** Releases from before it was counted do not tell. */
  unauthorized: z.number().optional(),
});
const BusiestChannel = z.object({
  name: z.string().nullable(),
  per_second: z.number(),
  bytes_per_second: z.number(),
});
export type BusiestChannel = Readonly<z.infer<typeof BusiestChannel>>;
const Status = z.object({
  worker_id: z.string(),
  connections: z.number(),
  drain: z.object({ total: z.number(), moved: z.number(), remaining: z.number() }).nullable(),
  /** Releases from before there were any do not tell. */
  vitals: Vitals.optional(),
  /** A release from before there was this does not say. */
  busiest_channel: BusiestChannel.optional(),
  restarted: z.boolean().default(false),
});
export type Version = z.infer<typeof Version>;
export type Vitals = z.infer<typeof Vitals>;
export type WorkerStatus = z.infer<typeof Status>;
/** How a move should go: connections a second, and for how long from now nobody is told to move, ms. */
export type Pace = Readonly<{ rate: number; holdMs: number }>;
/** `absent`: nothing answered; `waiting`: it answers, and names the checks that do not hold. */
export type ReadinessAnswer = Readonly<{ state: 'ready' } | { state: 'waiting' | 'absent'; why: string }>;

export const ANSWER_MS = 3_000;

type Call = Readonly<{ method?: string; body?: string; headers?: Readonly<Record<string, string>> }>;

export const operatorHeaders = (token: string): Readonly<Record<string, string>> => ({
  Authorization: `Bearer ${token}`,
});

/** A worker over HTTP. Every call is bounded by three seconds and fails with a Failure that names the worker. */
export class WorkerClient {
  readonly #worker: WorkerAddress;
  readonly #token: string;

  constructor(worker: WorkerAddress, token: string) {
    this.#worker = worker;
    this.#token = token;
  }

  /** What marks a request as the stack's own: workers do not count it. */
  get headers(): Readonly<Record<string, string>> {
    return operatorHeaders(this.#token);
  }

  async version(): Promise<Version> {
    return this.#parse(Version, await this.#request('/version'), '/version');
  }

  async readiness(): Promise<ReadinessAnswer> {
    let response: Response;
    try {
      response = await this.#request('/readyz/');
    } catch (error) {
      return { state: 'absent', why: messageOf(error) };
    }
    if (response.status === 200) return { state: 'ready' };
    const { checks } = await this.#parse(Readiness, response, '/readyz/');
    const failing = Object.entries(checks).filter(([, words]) => words !== 'ok');
    return { state: 'waiting', why: failing.map(([check, words]) => `${check}: ${words}`).join(', ') };
  }

  async text(path: string): Promise<string> {
    const response = await this.#request(path);
    const text = await response.text();
    if (response.status !== 200) throw this.#failure(`GET ${path} answered ${response.status}: ${text.slice(0, 200)}`);
    return text;
  }

  async status(): Promise<WorkerStatus> {
    return this.#parse(Status, await this.#control('GET', '/control/status'), '/control/status');
  }

  /** Begins to move its connections, or goes on at another pace. */
  async drain(reason: Reason, { rate, holdMs }: Pace): Promise<WorkerStatus> {
    const order = JSON.stringify({ reason, rate, hold_ms: holdMs });
    return this.#parse(Status, await this.#control('POST', '/control/drain', order), 'POST /control/drain');
  }

  /** Tells it of a deploy; it is not waited for longer than a moment. Fails as any call does. */
  async notify(notice: DeployNotice, withinMs: number): Promise<void> {
    const init = { method: 'POST', body: JSON.stringify(notice) };
    await (await this.#request('/control/deploy', init, withinMs)).arrayBuffer();
  }

  async cancelDrain(): Promise<void> {
    const response = await this.#control('DELETE', '/control/drain');
    if (!response.ok) throw this.#failure(`DELETE /control/drain answered ${response.status}`);
  }

  #control(method: string, path: string, body?: string): Promise<Response> {
    return this.#request(path, {
      method,
      headers: { 'Content-Type': 'application/json' },
      ...(body === undefined ? {} : { body }),
    });
  }

  async #request(path: string, init: Call = {}, patienceMs = ANSWER_MS): Promise<Response> {
    try {
      return await fetch(`${this.#worker.url}${path}`, {
        ...init,
        headers: { ...init.headers, ...this.headers },
        signal: AbortSignal.timeout(patienceMs),
      });
    } catch (error) {
      throw this.#failure(`${path}: ${whyNoAnswer(error)}`);
    }
  }

  async #parse<T>(schema: z.ZodType<T>, response: Response, path: string): Promise<T> {
    const text = await response.text();
    try {
      return schema.parse(JSON.parse(text));
    } catch (error) {
      throw this.#failure(
        `${path} answered ${response.status} with something else than agreed: ${text.slice(0, 200)}`,
        error,
      );
    }
  }

  #failure(message: string, cause?: unknown): Failure {
    return new Failure(`${nameOf(this.#worker)} ${message}`, { worker: this.#worker, cause });
  }
}

/** Why a request to a port of this machine was not answered within its time. */
export const whyNoAnswer = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `no answer within ${ANSWER_MS / 1_000} s`;
  return error.cause === undefined ? error.message : messageOf(error.cause);
};

export const nameOf = (worker: Readonly<{ color: string; name: string }>): string => `${worker.color}-${worker.name}`;
