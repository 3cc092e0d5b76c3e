import { z } from 'zod';
import { Failure, messageOf } from '../../../../services/conductor/failure.js';
import type { Question, View } from './questions.js';

/** How many seconds a datasource has for one answer. */
const PATIENCE = 10;

const Sample = z.tuple([z.number(), z.string()]);
const Series = z.object({ values: z.array(Sample).optional(), value: Sample.optional() });
const Stream = z.object({
  stream: z.record(z.string(), z.string()),
  values: z.array(z.tuple([z.string(), z.string()])),
});
const Answer = z.object({
  data: z.union([
    z.object({ resultType: z.enum(['matrix', 'vector']), result: z.array(Series) }),
    z.object({ resultType: z.literal('streams'), result: z.array(Stream) }),
    z.array(z.string()),
  ]),
});
const Labels = z.object({ data: z.array(z.string()).default([]) });

/**
 * Asks a datasource's API.
 * @throws {Failure} with what it said when it refuses, or that nothing answers there as it does
 */
export const ask = async (
  base: string,
  path: string,
  parameters: Readonly<Record<string, string>>,
): Promise<unknown> => {
  const url = new URL(`${base.replace(/\/$/, '')}${path}`);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  const response = await fetch(url, { signal: AbortSignal.timeout(PATIENCE * 1_000) }).catch((error: unknown) => {
    throw new Failure(`nothing answers at ${base}: ${messageOf(causeOf(error))}`, { cause: error });
  });
  const body = await response.text();
  if (!response.ok) throw new Failure(`${response.status}: ${body.trim().slice(0, 400)}`);
  try {
    return JSON.parse(body);
  } catch (error) {
    throw new Failure(`what answers at ${base} has no such API`, { cause: error });
  }
};

/** What `fetch failed` stands for. */
const causeOf = (error: unknown): unknown =>
  error instanceof Error && error.cause !== undefined ? error.cause : error;

/** Samples that are numbers, or log lines, in the answer; a series of nothing but NaN is as good as none. */
const sizeOf = (answer: unknown): number => {
  const { data } = Answer.parse(answer);
  if (Array.isArray(data)) return data.length;
  if (data.resultType === 'streams') return data.result.reduce((sum, { values }) => sum + values.length, 0);
  return data.result
    .flatMap(({ values = [], value }) => (value === undefined ? values : [value]))
    .filter(([, text]) => text !== 'NaN').length;
};

/** How much a question is answered with: samples, lines or values of a label. `expr` has no variables any more. */
export const answerTo = async (
  { source, over }: Pick<Question, 'source' | 'over'>,
  expr: string,
  base: string,
  { range, step }: View,
): Promise<number> => {
  const now = Math.floor(Date.now() / 1000);
  const window = { start: String(now - range), end: String(now) };
  const api = source === 'prometheus' ? '/api/v1' : '/loki/api/v1';
  if (over === 'labels') return (await valuesOf(source, expr, base, window)).length;
  if (over === 'end') return sizeOf(await ask(base, `${api}/query`, { query: expr, time: String(now) }));
  return sizeOf(await ask(base, `${api}/query_range`, { query: expr, step: `${step}s`, ...window }));
};

const valuesOf = async (
  source: Question['source'],
  expr: string,
  base: string,
  window: Readonly<{ start: string; end: string }>,
): Promise<readonly string[]> => {
  if (source === 'loki') return Labels.parse(await ask(base, `/loki/api/v1/label/${expr}/values`, window)).data;
  const [, series, label] = /^label_values\((.+),\s*(\w+)\)$/.exec(expr) ?? [];
  if (series === undefined || label === undefined) throw new Error(`not label_values(series, label): ${expr}`);
  return Labels.parse(await ask(base, `/api/v1/label/${label}/values`, { 'match[]': series, ...window })).data;
};
