import { SignJWT, type JWTPayload } from 'jose';

export const SECRET = 'a secret of tests, 32 characters';

/** A token signed with SECRET, or another. */
export const signed = (claims: JWTPayload, secret = SECRET): Promise<string> =>
  new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(Buffer.from(secret));

/** Seconds since 1970, as in `exp`, so many from now. */
export const secondsFromNow = (seconds: number): number => Date.now() / 1000 + seconds;
