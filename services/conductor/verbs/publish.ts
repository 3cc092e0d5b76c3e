import { z } from 'zod';
import type { Options } from '../arguments.js';
import type { Environment } from '../config.js';
import { Failure } from '../failure.js';
import { ownHeaders, publicUrl, type Site } from '../site.js';
import { whyNoAnswer } from '../worker-client.js';

/** As long as a worker waits for Redis (PUBLISH_TIMEOUT, 5 s by default), and some. */
const ANSWER_MS = 10_000;

const Published = z.object({ channel: z.string(), epoch: z.string(), offset: z.number(), duplicate: z.boolean() });
export type Published = Readonly<z.infer<typeof Published>>;
const Problem = z.object({ title: z.string(), detail: z.string() });

/** A message that a person types; `data` is any JSON value. */
export type Message = Readonly<{ channel: string; data: unknown; key: string | undefined }>;

/** From the options, else from the environment. What is no JSON is a text. @throws {Failure} naming what is missing */
export const messageFrom = (options: Options, environment: Environment): Message => {
  const given = (name: string): string | undefined => {
    const option = options[name];
    return typeof option === 'string' ? option : environment[name.toUpperCase()];
  };
  const channel = given('channel') ?? '';
  const data = given('data');
  if (channel === '' || data === undefined) {
    throw new Failure(`${channel === '' ? 'CHANNEL' : 'DATA'} is missing: make publish CHANNEL=greetings DATA=hello`, {
      exitCode: 2,
    });
  }
  const key = given('key');
  return { channel, data: jsonOr(data), key: key === '' ? undefined : key };
};

const jsonOr = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

/** Publishes through nginx with the stack's own token: no API key is needed. @throws {Failure} in the API's own words */
export const publish = async (site: Site, { channel, data, key }: Message): Promise<Published> => {
  const url = `${publicUrl(site)}/api/publish`;
  const answer = await ask(url, {
    method: 'POST',
    headers: { ...ownHeaders(site), ...(key === undefined ? {} : { 'Idempotency-Key': key }) },
    body: JSON.stringify({ channel, data }),
    signal: AbortSignal.timeout(ANSWER_MS),
  });
  const published = Published.safeParse(answer.body);
  if (published.success) return published.data;
  const problem = Problem.safeParse(answer.body);
  if (!problem.success) throw new Failure(`${url} answered ${answer.status} with something else than agreed`);
  throw new Failure(`Not published (${problem.data.title}): ${problem.data.detail}`);
};

const ask = async (url: string, request: RequestInit): Promise<Readonly<{ status: number; body: unknown }>> => {
  try {
    const response = await fetch(url, request);
    return { status: response.status, body: jsonOr(await response.text()) };
  } catch (error) {
    throw new Failure(`${url} does not answer (${whyNoAnswer(error)}): "make status" says what runs`, { cause: error });
  }
};

export const describePublished = ({ channel, epoch, offset, duplicate }: Published): string =>
  `${channel}: offset ${offset}, epoch ${epoch}${duplicate ? ' (had been published before with this KEY)' : ''}`;
