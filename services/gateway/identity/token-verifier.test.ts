import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SignJWT, UnsecuredJWT, type JWTPayload } from 'jose';
import { pino } from 'pino';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readConfig } from '../config/config.js';
import { parseJson } from '../../protocol/json.js';
import { SECRET, secondsFromNow, signed } from '../testing/tokens.js';
import { TokenVerifier, type Verified } from './token-verifier.js';

type Settings = Readonly<Record<string, string>>;

const verifier = (settings: Settings = { JWT_SECRET: SECRET }): TokenVerifier =>
  new TokenVerifier(readConfig(settings), pino({ level: 'silent' }));
const verify = async (claims: JWTPayload, settings?: Settings): Promise<Verified> =>
  verifier(settings).verify(await signed(claims));
/** Why it is refused; empty: it is not. */
const whyNot = async (claims: JWTPayload, settings?: Settings): Promise<string> => {
  const verified = await verify(claims, settings);
  return verified.ok ? '' : verified.why;
};
const pem = (key: KeyObject): string => key.export({ type: 'spki', format: 'pem' }).toString();

describe('TokenVerifier', () => {
  it('[token-2] reads who it is and what it may do', async () => {
    const claims = {
      sub: 'ada',
      jti: 't1',
      iat: 1_700_000_000,
      exp: 32_000_000_000,
      channels: { subscribe: ['news:*', 'room:1'] },
      info: { name: 'Ada' },
    };
    expect(await verify(claims)).toEqual({
      ok: true,
      identity: {
        clientId: 'ada',
        tokenId: 't1',
        issuedAtMs: 1_700_000_000_000,
        expiresAtMs: 32_000_000_000_000,
        channels: {
          subscribe: [
            { kind: 'prefix', text: 'news:' },
            { kind: 'name', text: 'room:1' },
          ],
          publish: undefined,
        },
        info: '{"name":"Ada"}',
      },
    });
  });

  it('[token-8] wants in production that a token ends before its revocation is forgotten', async () => {
    const production = { JWT_SECRET: SECRET, MODE: 'production', REVOCATION_TTL: '3600' };
    expect(await whyNot({ sub: 'ada' }, production)).toBe('token: exp is missing, and here every token must end');
    const tooFar = 'token: exp is too far away (REVOCATION_TTL)';
    expect(await whyNot({ sub: 'ada', exp: secondsFromNow(3_700) }, production)).toBe(tooFar);
    const old = { sub: 'ada', iat: Math.floor(secondsFromNow(-3_000)), exp: secondsFromNow(700) };
    expect(await whyNot(old, production)).toBe(tooFar);
    const postdated = { sub: 'ada', iat: Math.floor(secondsFromNow(3_000)), exp: secondsFromNow(5_000) };
    expect(await whyNot(postdated, production)).toBe(tooFar);
    expect(await whyNot({ sub: 'ada', exp: secondsFromNow(3_600) }, production)).toBe('');
    for (const exp of [undefined, secondsFromNow(1e8)]) {
      expect(await whyNot({ sub: 'ada', ...(exp === undefined ? {} : { exp }) })).toBe('');
    }
  });

  it.each([
    [{}, 'sub must be a client_id'],
    [{ sub: 'a b' }, 'sub must be a client_id'],
    [{ sub: 'chat' }, 'sub must be a client_id'],
    [{ sub: 'anon-00000000' }, 'sub must be a client_id'],
    [{ sub: 'ada', info: 'x'.repeat(1_023) }, 'info must be JSON of at most 1024 bytes'],
    [
      { sub: 'ada', info: parseJson('['.repeat(17) + ']'.repeat(17)) },
      'info must be JSON of at most 1024 bytes and 16 levels',
    ],
    [{ sub: 'ada', channels: ['room:1'] }, 'channels must be'],
    [{ sub: 'ada', channels: { subscribe: ['a*b'] } }, 'channels must be'],
    [{ sub: 'ada', channels: { read: [] } }, 'channels must be'],
    [{ sub: 'ada', jti: '' }, 'jti must be'],
  ])('[token-2] refuses %j, and says which claim is wrong', async (claims, why) => {
    expect(await whyNot(claims as JWTPayload)).toContain(why);
  });

  it('[token-2] refuses what has expired, beyond the tolerance', async () => {
    expect(await verify({ sub: 'ada', exp: secondsFromNow(-60) })).toEqual({ ok: false, why: 'the token has expired' });
    expect(await verify({ sub: 'ada', exp: secondsFromNow(-2) })).toMatchObject({ ok: true });
    const strict = { JWT_SECRET: SECRET, JWT_CLOCK_TOLERANCE: '0' };
    expect(await verify({ sub: 'ada', exp: secondsFromNow(-2) }, strict)).toMatchObject({ ok: false });
    expect(await verify({ sub: 'ada', nbf: secondsFromNow(60) })).toEqual({
      ok: false,
      why: 'the token is not valid yet',
    });
  });

  it('[token-2] wants issuer and audience where they are set', async () => {
    const settings = { JWT_SECRET: SECRET, JWT_ISSUER: 'https://id.example', JWT_AUDIENCE: 'switchyard' };
    const good = { sub: 'ada', iss: 'https://id.example', aud: ['other', 'switchyard'] };
    expect(await verify(good, settings)).toMatchObject({ ok: true });
    expect(await whyNot({ ...good, aud: 'other' }, settings)).toContain('aud');
    expect(await whyNot({ sub: 'ada', aud: 'switchyard' }, settings)).toContain('iss');
  });

  it('[token-2] refuses another secret, no signature, and what is no token', async () => {
    const tokens = [
      await signed({ sub: 'ada' }, 'another secret of tests, 32 characters'),
      new UnsecuredJWT({ sub: 'ada' }).encode(),
      'abc',
      'a.b.c',
    ];
    for (const token of tokens) expect(await verifier().verify(token)).toMatchObject({ ok: false });
  });

  it('[token-2] takes no HMAC made of a public key, and nothing but what the kind of key can', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
    const by = verifier({ JWT_PUBLIC_KEY: pem(publicKey) });
    const sign = (alg: string, key: KeyObject | Uint8Array) =>
      new SignJWT({ sub: 'ada' }).setProtectedHeader({ alg }).sign(key);
    expect(await by.verify(await sign('RS256', privateKey))).toMatchObject({ ok: true });
    expect(await by.verify(await sign('PS512', privateKey))).toMatchObject({ ok: true });
    expect(await by.verify(await sign('HS256', Buffer.from(pem(publicKey))))).toEqual({
      ok: false,
      why: 'token: its alg is not that of the key',
    });
    expect(await verifier().verify(await sign('RS256', privateKey))).toMatchObject({ ok: false });
  });

  it.each([
    ['ES256', () => generateKeyPairSync('ec', { namedCurve: 'P-256' })],
    ['ES384', () => generateKeyPairSync('ec', { namedCurve: 'P-384' })],
    ['EdDSA', () => generateKeyPairSync('ed25519')],
  ])('[token-2] knows keys for %s, as a PEM, with \\n for its line ends, or as a file', async (alg, make) => {
    const { publicKey, privateKey } = make();
    const folder = mkdtempSync(join(tmpdir(), 'switchyard-key-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'key.pem');
    writeFileSync(file, pem(publicKey));
    const token = await new SignJWT({ sub: 'ada' }).setProtectedHeader({ alg }).sign(privateKey);
    for (const key of [pem(publicKey), pem(publicKey).trim().replaceAll('\n', '\\n'), file]) {
      expect(await verifier({ JWT_PUBLIC_KEY: key }).verify(token)).toMatchObject({ ok: true });
    }
  });

  it('[token-2] takes tokens of the key before too, each by what that kind of key can, while keys change', async () => {
    const [rsa, ec] = [
      generateKeyPairSync('rsa', { modulusLength: 2_048 }),
      generateKeyPairSync('ec', { namedCurve: 'P-256' }),
    ];
    const sign = (alg: string, key: KeyObject, exp = secondsFromNow(60)): Promise<string> =>
      new SignJWT({ sub: 'ada', exp }).setProtectedHeader({ alg }).sign(key);
    const changing = verifier({ JWT_PUBLIC_KEY: pem(ec.publicKey), JWT_PUBLIC_KEY_PREVIOUS: pem(rsa.publicKey) });
    const after = verifier({ JWT_PUBLIC_KEY: pem(ec.publicKey) });
    const [older, newer] = [await sign('RS256', rsa.privateKey), await sign('ES256', ec.privateKey)];
    for (const token of [older, newer]) expect(await changing.verify(token)).toMatchObject({ ok: true });
    expect(await after.verify(newer)).toMatchObject({ ok: true });
    expect(await after.verify(older)).toMatchObject({ ok: false, why: 'token: its alg is not that of the key' });
    const ended = await sign('RS256', rsa.privateKey, secondsFromNow(-60));
    expect(await changing.verify(ended)).toEqual({ ok: false, why: 'the token has expired' });
    for (const key of [ec, rsa]) {
      const forged = new SignJWT({ sub: 'ada' }).setProtectedHeader({ alg: 'HS256' });
      expect(await changing.verify(await forged.sign(Buffer.from(pem(key.publicKey))))).toMatchObject({ ok: false });
    }
  });

  it('names what is wrong with a public key at once', () => {
    const weak = generateKeyPairSync('rsa', { modulusLength: 1_024 });
    const { privateKey, publicKey: good } = generateKeyPairSync('ed25519');
    const wrong: readonly (readonly [string, string])[] = [
      ['/nowhere/key.pem', 'JWT_PUBLIC_KEY is no PEM, and no file'],
      ['-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----', 'JWT_PUBLIC_KEY is no public key'],
      [privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), 'JWT_PUBLIC_KEY is a private key'],
      [pem(weak.publicKey), 'JWT_PUBLIC_KEY must be RSA with 2048 bits'],
      [pem(good).repeat(2), 'JWT_PUBLIC_KEY has more than one PEM'],
    ];
    for (const [key, words] of wrong) expect(() => verifier({ JWT_PUBLIC_KEY: key })).toThrow(words);
    const before = { JWT_PUBLIC_KEY: pem(good), JWT_PUBLIC_KEY_PREVIOUS: pem(weak.publicKey) };
    expect(() => verifier(before)).toThrow('JWT_PUBLIC_KEY_PREVIOUS must be RSA with 2048 bits');
  });

  it('[token-5] refuses every token where none can be checked: nobody is who a token says', async () => {
    expect(await whyNot({ sub: 'ada' }, {})).toContain('no tokens');
  });
});
