import { z } from 'zod';
import { isClaimable, parseClientId } from '../../protocol/ids.js';
import { isDeeperThan } from '../../protocol/json.js';
import { parseChannelPattern } from './channel-pattern.js';
import type { Identity } from './principal.js';

const MAX_PATTERNS = 1_000;
/** Of what is shown of a client: bytes of JSON text, and levels of arrays and objects in it. */
const MAX_INFO_BYTES = 1_024;
const MAX_INFO_DEPTH = 16;

/** A field that is what `parse` makes of it. */
export const parsedBy = <T>(parse: (value: unknown) => T | undefined) =>
  z.unknown().transform((value, context): T => {
    const result = parse(value);
    if (result !== undefined) return result;
    context.addIssue('malformed');
    return z.NEVER;
  });

const clientId = parsedBy((value) => {
  const id = parseClientId(value);
  return id !== undefined && isClaimable(id) ? id : undefined;
});
const patterns = z.array(parsedBy(parseChannelPattern)).max(MAX_PATTERNS).optional();
const seconds = z.number().min(0).max(8.64e12).optional();

/** As JSON text; null says nothing. */
const info = z.json().transform((value, context): string | undefined => {
  const text = JSON.stringify(value);
  if (Buffer.byteLength(text) <= MAX_INFO_BYTES && !isDeeperThan(MAX_INFO_DEPTH, text)) {
    return value === null ? undefined : text;
  }
  context.addIssue('too large');
  return z.NEVER;
});

const claims = z.object({
  sub: clientId,
  jti: z.string().min(1).max(256).optional(),
  iat: seconds,
  exp: seconds,
  channels: z.strictObject({ subscribe: patterns, publish: patterns }).optional(),
  info: info.optional(),
});

/** What each claim must be, for whoever makes the tokens. */
const WANTED: Readonly<Record<string, string>> = {
  sub: 'sub must be a client_id: 1 to 64 of A-Z a-z 0-9 _ -, no reserved name',
  jti: 'jti must be a string of 1 to 256 characters',
  iat: 'iat must be a time',
  exp: 'exp must be a time',
  channels: `channels must be {"subscribe"?, "publish"?}, lists of at most ${MAX_PATTERNS} names or prefix*`,
  info: `info must be JSON of at most ${MAX_INFO_BYTES} bytes and ${MAX_INFO_DEPTH} levels`,
};

/** What a token says, from its verified claims; a string says what is wrong with them. */
export const readClaims = (payload: unknown): Identity | string => {
  const { data, error } = claims.safeParse(payload);
  if (data === undefined) return WANTED[String(error.issues[0]?.path[0])] ?? 'the claims must be an object';
  const { sub, jti, iat, exp, channels, info } = data;
  return {
    clientId: sub,
    tokenId: jti,
    issuedAtMs: iat === undefined ? undefined : iat * 1000,
    expiresAtMs: exp === undefined ? undefined : exp * 1000,
    channels: { subscribe: channels?.subscribe, publish: channels?.publish },
    info,
  };
};
