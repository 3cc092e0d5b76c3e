import type { JsonValue } from '../../../protocol/frames.js';
import { isDeeperThan, parseJson } from '../../../protocol/json.js';
import { MAX_JSON_DEPTH } from '../../../protocol/limits.js';
import type { HttpRequest, HttpResponse } from '../../transport/http.js';
import { Problem, problemOf, problemResponse } from './problem.js';
import { idOfKey } from './publications.js';

/** What `act` answers, or the problem that it met; `failed` hears of defects of ours. */
export const answering = async (
  act: () => Promise<HttpResponse>,
  failed: (error: unknown) => void,
): Promise<HttpResponse> => {
  try {
    return await act();
  } catch (error) {
    const told = problemOf(error);
    if (told === undefined) {
      failed(error);
      return problemResponse(new Problem('internal', 'the server failed; whether it was done is not known'));
    }
    return problemResponse(told);
  }
};

/** The answer to a body that is no text. */
export const notUtf8 = (): HttpResponse => problemResponse(new Problem('invalid_json', 'the body must be UTF-8'));

/** An empty body is an empty object: some commands have no fields. @throws Problem */
export const readBody = (body: string): JsonValue => {
  const input = body === '' ? {} : parseJson(body);
  if (input === undefined) throw new Problem('invalid_json', 'the body must be one JSON object');
  if (isDeeperThan(MAX_JSON_DEPTH, body)) {
    throw new Problem('invalid_field', `the body: may be nested ${MAX_JSON_DEPTH} levels deep at most`);
  }
  return input;
};

/** Other characters do not arrive as they were sent, and two keys could become one. */
const VISIBLE_ASCII = /^[!-~]{1,64}$/;

/** Of the header. @throws Problem */
export const readIdempotencyKey = ({ header, hasHeader }: HttpRequest): string | undefined => {
  if (!hasHeader('idempotency-key')) return undefined;
  const given = header('idempotency-key');
  if (VISIBLE_ASCII.test(given)) return idOfKey(given);
  throw new Problem(
    'invalid_field',
    'Idempotency-Key: must have 1 to 64 visible characters of ASCII; any other key goes into the field idempotency_key',
    'Idempotency-Key',
  );
};
