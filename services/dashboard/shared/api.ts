import { readFields, readText, type Fields } from './fields.js';

/** A worker that was killed costs the one that is asked a second; several of them may come together. */
const PATIENCE_MS = 10_000;

export type Answer =
  | Readonly<{ kind: 'fields'; fields: Fields }>
  /** Nobody is logged in here. `isClosed`: nobody can, until a password is set. */
  | Readonly<{ kind: 'stranger'; reason: string; isClosed: boolean }>
  /** `isRefused`: the server does not take what was asked, however often it is asked again. */
  | Readonly<{ kind: 'failure'; reason: string; isRefused: boolean }>;

/** Asks the server. Never rejects; an aborted one fails. */
export const get = (path: string, signal?: AbortSignal): Promise<Answer> => ask(path, { method: 'GET' }, signal);

export const post = (
  path: string,
  body: Fields = {},
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> => ask(path, { method: 'POST', body: JSON.stringify(body), headers });

const ask = async (path: string, init: RequestInit, signal?: AbortSignal): Promise<Answer> => {
  try {
    const patience = AbortSignal.timeout(PATIENCE_MS);
    const response = await fetch(path, {
      ...init,
      signal: signal === undefined ? patience : AbortSignal.any([signal, patience]),
    });
    const fields = readFields(await response.text());
    // Tasks answer as the HTTP API does.
    const words = readText(fields?.['error']) ?? readText(fields?.['detail']);
    const reason = words ?? `status ${response.status}`;
    if (response.status === 401) return { kind: 'stranger', reason, isClosed: false };
    if (response.status === 403) return { kind: 'stranger', reason, isClosed: true };
    if (!response.ok) {
      const isRefused = response.status < 500 && response.status !== 429;
      return { kind: 'failure', reason, isRefused };
    }
    return fields === undefined
      ? { kind: 'failure', reason: 'the server answered what this page does not understand', isRefused: false }
      : { kind: 'fields', fields };
  } catch (error) {
    const reason =
      error instanceof DOMException && error.name === 'TimeoutError'
        ? `the server did not answer within ${PATIENCE_MS / 1000} s`
        : 'the server can not be reached';
    return { kind: 'failure', reason, isRefused: false };
  }
};
