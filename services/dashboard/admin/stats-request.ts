import { readFields, readText } from '../shared/fields.js';
import type { ListPage } from './list-page.js';
import { readStats, type Stats } from './stats.js';

/** A worker that was killed costs the one that is asked a second; several of them may come together. */
const PATIENCE_MS = 10_000;

export type Answer =
  | Readonly<{ kind: 'stats'; stats: Stats }>
  /** `isRefused`: the server does not take what was asked, however often it is asked again. */
  | Readonly<{ kind: 'failure'; reason: string; isRefused: boolean }>;

/** Asks the cluster for its figures and a page of the list. Never rejects; an aborted one fails. */
export const askStats = async ({ limit, cursors }: ListPage, signal: AbortSignal): Promise<Answer> => {
  const query = new URLSearchParams({ limit: String(limit) });
  const cursor = cursors.at(-1);
  if (cursor !== undefined) query.set('cursor', cursor);
  const answer = await ask(`/ws-stats?${query.toString()}`, signal);
  if (typeof answer === 'string') return failure(answer);
  const { status, text } = answer;
  if (status !== 200) return failure(readText(readFields(text)?.['error']) ?? `status ${status}`, status === 400);
  const stats = readStats(text);
  return stats === undefined
    ? failure('the server answered what this page does not understand')
    : { kind: 'stats', stats };
};

const failure = (reason: string, isRefused = false): Answer => ({ kind: 'failure', reason, isRefused });

/** What came, or in words why nothing did. */
const ask = async (url: string, signal: AbortSignal): Promise<Readonly<{ status: number; text: string }> | string> => {
  try {
    const response = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]) });
    return { status: response.status, text: await response.text() };
  } catch (error) {
    return error instanceof DOMException && error.name === 'TimeoutError'
      ? `the server did not answer within ${PATIENCE_MS / 1000} s`
      : 'the server can not be reached';
  }
};
