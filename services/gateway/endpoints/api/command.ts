import type { z } from 'zod';
import type { JsonValue } from '../../../protocol/frames.js';
import type { ApiScope } from '../../config/api-keys.js';
import type { Metrics } from '../../observability/metrics.js';
import type { Caller } from './callers.js';
import { invalidField, Problem } from './problem.js';

/** Who asks for a command, and what goes with it. */
export type Call = Readonly<{
  caller: Caller;
  /** Where it is counted: nowhere where the stack itself asks. */
  metrics: Metrics;
  /** Of the request, from its `Idempotency-Key`. */
  idempotencyKey: string | undefined;
}>;

/** One thing that the API does: `POST /api/<name>`, or a member of a batch. */
export interface Command {
  readonly name: string;
  readonly scope: ApiScope;
  readonly summary: string;
  readonly request: z.ZodType;
  readonly answer: z.ZodType;
  /** @throws Problem, BrokerUnavailable, BrokerOverloaded */
  run(input: JsonValue, call: Call): Promise<unknown>;
}

type Definition<Request extends z.ZodType, Answer extends z.ZodType> = Readonly<{
  name: string;
  scope: ApiScope;
  summary: string;
  request: Request;
  answer: Answer;
  act(request: z.output<Request>, call: Call): Promise<z.output<Answer>>;
}>;

/** A command whose request has been read by its schema before it acts. */
export const defineCommand = <Request extends z.ZodType, Answer extends z.ZodType>({
  act,
  ...described
}: Definition<Request, Answer>): Command => ({
  ...described,
  run: async (input, call) => {
    const read = described.request.safeParse(input);
    if (!read.success) throw invalidField(read.error);
    return act(read.data, call);
  },
});

/** @throws Problem when the caller's key does not reach so far */
export const checkScope = ({ name, scope }: Command, { name: caller, scopes }: Caller): void => {
  if (!scopes.includes(scope)) {
    throw new Problem('forbidden', `${name} needs the scope ${scope}; the key ${caller} has ${scopes.join(', ')}`);
  }
};
