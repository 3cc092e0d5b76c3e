import { z } from 'zod';
import { causeOf, lokiAddress, type Labels } from './push.js';

/** A line that Loki has. `at`: ns since 1970. */
export type Found = Readonly<{ labels: Labels; at: bigint; line: string }>;
export type Range = Readonly<{
  query: string;
  /** From here … */
  start: bigint;
  /** … to before here. */
  end: bigint;
  limit: number;
  /** From which end the limit counts. */
  direction: 'forward' | 'backward';
}>;

/** More in one answer Loki does not give by default. */
export const MOST_LINES = 5_000;

/** Loki does not answer, or can't now. */
export class LokiAway extends Error {
  override readonly name = 'LokiAway';
}
/** Loki can't make sense of the query; the message is its own. */
export class BadQuery extends Error {
  override readonly name = 'BadQuery';
}

const Answer = z.object({ data: z.object({ resultType: z.string(), result: z.array(z.unknown()) }) });
const Streams = z.array(
  z.object({
    stream: z.record(z.string(), z.string()),
    values: z.array(z.tuple([z.string(), z.string()]).rest(z.unknown())),
  }),
);
const TIMEOUT_MS = 10_000;

/** Lines in order of their time, oldest first. @throws {LokiAway | BadQuery} */
export const queryRange = async (base: string, range: Range): Promise<readonly Found[]> => {
  const url = lokiAddress(base, 'loki/api/v1/query_range');
  url.search = new URLSearchParams({
    query: range.query,
    start: String(range.start),
    end: String(range.end),
    limit: String(range.limit),
    direction: range.direction,
  }).toString();
  const { resultType, result } = Answer.parse(JSON.parse(await textOf(url))).data;
  if (resultType !== 'streams') throw new BadQuery('the query asks for figures, not for lines');
  return Streams.parse(result)
    .flatMap(({ stream, values }) => values.map(([at, line]) => ({ labels: stream, at: BigInt(at), line })))
    .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
};

const textOf = async (url: URL): Promise<string> => {
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    text = await response.text();
  } catch (error) {
    throw new LokiAway(causeOf(error), { cause: error });
  }
  if (response.status === 400) throw new BadQuery(text.trim());
  if (!response.ok) throw new LokiAway(`HTTP ${response.status} ${text.trim()}`.trim());
  return text;
};
