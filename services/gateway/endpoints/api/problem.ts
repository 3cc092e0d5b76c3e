import type { z } from 'zod';
import { BrokerOverloaded, BrokerUnavailable } from '../../broker/channel-log.js';
import { NO_PAGE, type HttpResponse } from '../../transport/http.js';

type Kind = Readonly<{ status: number; title: string; retryAfter?: number }>;

/** Every problem that the API answers with. Names are stable: a caller may decide by them. */
export const PROBLEMS = {
  invalid_json: { status: 400, title: 'The body is not JSON' },
  invalid_field: { status: 400, title: 'A field is missing or wrong' },
  unauthorized: { status: 401, title: 'No key, or one that is not known' },
  no_keys: { status: 403, title: 'This server has no API keys' },
  forbidden: { status: 403, title: 'The key may not do that' },
  not_found: { status: 404, title: 'There is no such command, or task' },
  method_not_allowed: { status: 405, title: 'It is asked for with another method' },
  conflict: { status: 409, title: 'It is not in a state for that' },
  key_reused: { status: 422, title: 'The idempotency key was used for something else' },
  too_large: { status: 413, title: 'The message is too large' },
  overloaded: { status: 429, title: 'Too many messages or tasks wait; nothing was done', retryAfter: 1 },
  too_many_attempts: { status: 429, title: 'Too many wrong keys from this address' },
  no_tasks: { status: 503, title: 'This server has no queue of tasks' },
  internal: { status: 500, title: 'The server failed; the outcome is unknown' },
  unavailable: { status: 503, title: 'Redis is away; the outcome is unknown', retryAfter: 1 },
  not_tried: { status: 503, title: 'Not done, since an earlier command of the batch was unavailable', retryAfter: 1 },
} as const satisfies Readonly<Record<string, Kind>>;
export type ProblemName = keyof typeof PROBLEMS;

/** RFC 9457. `field` names what is wrong in the body, `commands[2].publish.channel`. */
export type ProblemBody = Readonly<{
  type: string;
  title: string;
  status: number;
  detail: string;
  field?: string;
}>;

export const problemType = (name: ProblemName): string => `urn:switchyard:problem:${name}`;

/** A command that was refused, or failed in a way that the caller is told. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly kind: ProblemName;
  readonly field: string | undefined;

  constructor(kind: ProblemName, detail: string, field?: string) {
    super(detail);
    this.kind = kind;
    this.field = field;
  }

  get body(): ProblemBody {
    const { status, title } = PROBLEMS[this.kind];
    const field = this.field === undefined ? {} : { field: this.field };
    return { type: problemType(this.kind), title, status, detail: this.message, ...field };
  }
}

/** What the caller is told of an error; undefined: it is a defect of ours. */
export const problemOf = (error: unknown): Problem | undefined => {
  if (error instanceof Problem) return error;
  if (error instanceof BrokerOverloaded) {
    return new Problem(
      'overloaded',
      'more messages wait for Redis than MAX_QUEUE_SIZE; nothing was done: ask again later',
    );
  }
  if (error instanceof BrokerUnavailable) {
    return new Problem(
      'unavailable',
      'Redis is away: whether it was done is not known. Ask again; with the same idempotency key nothing is published twice',
    );
  }
  return undefined;
};

/** The first thing that a schema found wrong. @param within the field that it read; default: the whole body */
export const invalidField = ({ issues: [issue] }: z.ZodError, within = ''): Problem => {
  const path = (issue?.path ?? []).map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`));
  const field = [within, ...path, ...(issue?.code === 'unrecognized_keys' ? [`.${issue.keys[0] ?? ''}`] : [])]
    .join('')
    .replace(/^\./, '');
  const words =
    issue?.code === 'unrecognized_keys'
      ? `is not a field of ${within || 'this command'}`
      : (issue?.message ?? 'is wrong');
  return field === ''
    ? new Problem('invalid_field', `the body: ${words}`)
    : new Problem('invalid_field', `${field}: ${words}`, field);
};

export const problemResponse = (problem: Problem, headers: Readonly<Record<string, string>> = {}): HttpResponse => {
  const kind: Kind = PROBLEMS[problem.kind];
  return {
    status: kind.status,
    headers: {
      'Content-Type': 'application/problem+json',
      'Cache-Control': 'no-store',
      ...NO_PAGE,
      ...(kind.retryAfter === undefined ? {} : { 'Retry-After': String(kind.retryAfter) }),
      ...headers,
    },
    body: `${JSON.stringify(problem.body)}\n`,
  };
};
