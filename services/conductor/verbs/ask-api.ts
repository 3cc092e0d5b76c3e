import { z } from 'zod';
import { Failure } from '../failure.js';
import { ownHeaders, publicUrl, type Site } from '../site.js';
import { whyNoAnswer } from '../worker-client.js';

/** As long as a worker waits for Redis (PUBLISH_TIMEOUT, 5 s by default), and some. */
const ANSWER_MS = 10_000;

const Problem = z.object({ title: z.string(), detail: z.string() });

type Asked<Answer extends z.ZodType> = Readonly<{
  /** Behind `/api/`. */
  command: string;
  body: object;
  key?: string | undefined;
  answer: Answer;
  /** What a refusal means for whoever asked. */
  refused: string;
}>;

/** Asks the HTTP API through nginx with the stack's own token: no API key is needed. @throws {Failure} in the API's own words */
export const askApi = async <Answer extends z.ZodType>(
  site: Site,
  { command, body, key, answer: schema, refused }: Asked<Answer>,
): Promise<z.output<Answer>> => {
  const url = `${publicUrl(site)}/api/${command}`;
  const answer = await ask(url, {
    method: 'POST',
    headers: ownHeaders(site),
    // Not as a header: that takes no key but of ASCII.
    body: JSON.stringify({ ...body, idempotency_key: key }),
    signal: AbortSignal.timeout(ANSWER_MS),
  });
  const read = schema.safeParse(answer.body);
  if (read.success) return read.data;
  const problem = Problem.safeParse(answer.body);
  if (!problem.success) throw new Failure(`${url} answered ${answer.status} with something else than agreed`);
  throw new Failure(`${refused} (${problem.data.title}): ${problem.data.detail}`);
};

/** A mistyped RUN_DIR names no stack, and its settings would be those of another one. @throws {Failure} where none runs */
export const requireStack = async ({ stack, run }: Site): Promise<void> => {
  if (!(await stack.isUp())) throw new Failure(`no stack runs in RUN_DIR=${run.path}: "make dev-up" starts one there`);
};

/** @param otherwise what a text that is no JSON stands for; by default the text */
export const jsonOr = (text: string, otherwise: () => unknown = () => text): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return otherwise();
  }
};

const ask = async (url: string, request: RequestInit): Promise<Readonly<{ status: number; body: unknown }>> => {
  try {
    const response = await fetch(url, request);
    return { status: response.status, body: jsonOr(await response.text()) };
  } catch (error) {
    throw new Failure(`${url} does not answer (${whyNoAnswer(error)}): "make status" says what runs`, { cause: error });
  }
};
