import { z } from 'zod';
import type { JsonValue } from '../../../protocol/frames.js';
import {
  CHANNEL,
  CLIENT_ID,
  parseChannelName,
  parseClientId,
  parseEpoch,
  parseFrameId,
  parseOffset,
} from '../../../protocol/ids.js';

/** A field that becomes a branded id. */
const branded = <T>(schema: z.ZodType<string | number>, parse: (value: unknown) => T | undefined, words: string) =>
  schema.transform((value, context): T => {
    const parsed = parse(value);
    if (parsed !== undefined) return parsed;
    context.addIssue({ code: 'custom', message: words });
    return z.NEVER;
  });

const SHORT = 'must be a string of 1 to 64 characters, without lone surrogates';
const CHANNEL_WORDS = 'must be of the form [A-Za-z0-9_.:-]{1,128}';
const CLIENT_WORDS = 'must be of the form [A-Za-z0-9_-]{1,64}';
const OFFSET_WORDS = 'must be a whole number, 0 or more';

export const channel = branded(
  z.string(CHANNEL_WORDS).regex(CHANNEL, CHANNEL_WORDS),
  parseChannelName,
  CHANNEL_WORDS,
).meta({ description: 'A channel' });
export const clientId = branded(z.string(CLIENT_WORDS).regex(CLIENT_ID, CLIENT_WORDS), parseClientId, CLIENT_WORDS);
const epoch = branded(z.string(SHORT).min(1, SHORT).max(64, SHORT), parseEpoch, SHORT);
const offset = branded(z.number(OFFSET_WORDS).int(OFFSET_WORDS).min(0, OFFSET_WORDS), parseOffset, OFFSET_WORDS);

/** A place in a channel's log. */
export const position = z.strictObject({ epoch, offset });

export const idempotencyKey = branded(z.string(SHORT).min(1, SHORT).max(64, SHORT), parseFrameId, SHORT)
  .optional()
  .meta({ description: 'What is asked for again with it is not done twice. Else that of the header holds' });

const isJson = (value: unknown): value is JsonValue => value !== undefined;
/** Any JSON value, null too; a body that was parsed holds nothing else. */
export const data = z
  .unknown()
  .refine(isJson, 'is missing: it may be any JSON value, null too')
  .transform((value): JsonValue => (isJson(value) ? value : null));

export const from = clientId
  .optional()
  .meta({ description: 'Who is named as the publisher; "api" where it is not given' });

/** What an answer tells of a place. */
export const place = { channel: z.string(), epoch: z.string(), offset: z.number().int().min(0) };
