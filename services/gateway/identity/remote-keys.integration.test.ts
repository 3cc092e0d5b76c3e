import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SignJWT } from 'jose';
import { pino } from 'pino';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { readConfig } from '../config/config.js';
import { KeysUnavailable } from './remote-keys.js';
import { TokenVerifier } from './token-verifier.js';

type Pair = Readonly<{ kid: string; publicKey: KeyObject; privateKey: KeyObject }>;
const pair = (kid: string): Pair => ({ kid, ...generateKeyPairSync('ec', { namedCurve: 'P-256' }) });
const sign = ({ kid, privateKey }: Pair): Promise<string> =>
  new SignJWT({ sub: 'ada' }).setProtectedHeader({ alg: 'ES256', kid }).sign(privateKey);
const signNameless = ({ privateKey }: Pair): Promise<string> =>
  new SignJWT({ sub: 'ada' }).setProtectedHeader({ alg: 'ES256' }).sign(privateKey);

/** A JWKS server, and a verifier that asks it. */
const stage = async (...pairs: readonly Pair[]) => {
  let status = 200;
  let asked = 0;
  const keyOf = ({ kid, publicKey }: Pair) => ({ ...publicKey.export({ format: 'jwk' }), kid, use: 'sig' });
  const keys = pairs.map((it) => keyOf(it));
  const server = createServer((_request, response) => {
    asked += 1;
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify({ keys }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const lines: Record<string, unknown>[] = [];
  const logger = pino(
    { level: 'info' },
    { write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>) },
  );
  const config = readConfig({ JWKS_URL: `http://127.0.0.1:${port}/jwks.json` });
  const verifier = new TokenVerifier(config, logger);
  onTestFinished(() => {
    verifier.stop();
    server.closeAllConnections();
    server.close();
  });
  return {
    verifier,
    lines,
    answer: (with_: number) => (status = with_),
    asked: () => asked,
    add: (it: Pair) => void keys.push(keyOf(it)),
  };
};

describe('keys from JWKS_URL', () => {
  it('[token-3] are found by kid, and asked for once for all', async () => {
    const [one, two, stranger] = [pair('1'), pair('2'), pair('3')];
    const { verifier, asked } = await stage(one, two);
    for (const known of [one, two, one]) expect(await verifier.verify(await sign(known))).toMatchObject({ ok: true });
    for (let n = 0; n < 2; n += 1) await expect(verifier.verify(await sign(stranger))).rejects.toThrow(KeysUnavailable);
    expect(await verifier.verify(await sign({ ...stranger, kid: '1' }))).toMatchObject({ ok: false });
    expect(asked()).toBe(1);
  });

  it('[token-3] that are not known are judged once their server was asked after a token named them', async () => {
    const [known, added, stranger] = [pair('1'), pair('2'), pair('3')];
    const { verifier, asked, add } = await stage(known);
    expect(await verifier.verify(await sign(known))).toMatchObject({ ok: true });
    for (const early of [added, stranger, added]) {
      await expect(verifier.verify(await sign(early))).rejects.toThrow(
        /^the token can't be checked now: JWKS_URL is asked for its key soon$/,
      );
    }
    add(added);
    verifier.start();
    const token = await sign(added);
    await vi.waitFor(async () => expect(await verifier.verify(token)).toMatchObject({ ok: true }));
    const unknown = { ok: false, why: 'the token is signed with a key that is not known' };
    expect(await verifier.verify(await sign(stranger))).toEqual(unknown);
    expect(await verifier.verify(await sign(stranger))).toEqual(unknown);
    expect(asked()).toBe(2);
  });

  it('[token-3] of a first token are asked for by it, and judged at once', async () => {
    const { verifier, asked } = await stage(pair('1'));
    expect(await verifier.verify(await sign(pair('2')))).toMatchObject({ ok: false });
    expect(asked()).toBe(1);
  });

  it('[token-3] are taken for a token that names none where one alone would do, and not where several would', async () => {
    const [one, two] = [pair('1'), pair('2')];
    const { verifier: ofOne } = await stage(one);
    expect(await ofOne.verify(await signNameless(one))).toMatchObject({ ok: true });
    expect(await ofOne.verify(await signNameless(two))).toMatchObject({
      ok: false,
      why: 'the token is not signed with the key',
    });
    const { verifier: ofTwo } = await stage(one, two);
    expect(await ofTwo.verify(await signNameless(one))).toEqual({
      ok: false,
      why: 'the token names no key (kid), and more than one would do',
    });
  });

  it('[token-3] that are known go on working while their server is away, which is told', async () => {
    const known = pair('1');
    const { verifier, lines, answer } = await stage(known);
    expect(await verifier.verify(await sign(known))).toMatchObject({ ok: true });
    answer(503);
    verifier.start();
    await vi.waitFor(() => expect(lines).toContainEqual(expect.objectContaining({ event: 'token_keys_unavailable' })));
    expect(lines[0]).toMatchObject({ level: 40, known: 1 });
    expect(String(lines[0]?.['msg'])).toMatch(/^No keys from JWKS_URL \(.*\): those that are known go on working$/);
    expect(await verifier.verify(await sign(known))).toMatchObject({ ok: true });
  });

  it('[token-3] that never came: the token is not judged, and it works when they come', async () => {
    const known = pair('1');
    const { verifier, answer } = await stage(known);
    answer(503);
    await expect(verifier.verify(await sign(known))).rejects.toThrow(KeysUnavailable);
    answer(200);
    const token = await sign(known);
    await vi.waitFor(async () => expect(await verifier.verify(token)).toMatchObject({ ok: true }), { timeout: 5_000 });
  });

  it('[token-3] that never came: a worker takes nobody until they do, and asks for them each second', async () => {
    const known = pair('1');
    const { verifier, lines, answer, asked } = await stage(known);
    answer(503);
    verifier.start();
    await vi.waitFor(() => expect(lines).toHaveLength(1));
    expect(verifier.remoteKeys).toMatchObject({ known: 0, isAway: true });
    expect(String(lines[0]?.['msg'])).toMatch(/: none is known, and this worker takes nobody until they come$/);
    answer(200);
    await vi.waitFor(() => expect(verifier.remoteKeys).toMatchObject({ known: 1, isAway: false }), { timeout: 5_000 });
    expect(asked()).toBe(2);
    expect(lines).toHaveLength(1);
  });

  it('[token-3] a flood of tokens does not become one of requests to a server that fails', async () => {
    const [known, stranger] = [pair('1'), pair('2')];
    const { verifier, asked, answer } = await stage(known);
    answer(503);
    const token = await sign(stranger);
    const startedAt = performance.now();
    for (let n = 0; n < 100; n += 1) await expect(verifier.verify(token)).rejects.toThrow(KeysUnavailable);
    expect(asked()).toBeLessThanOrEqual(1 + (performance.now() - startedAt) / 1_000);
  });

  it('[token-3] whose server is away: clients are told so, and not where it is', async () => {
    const config = readConfig({ JWKS_URL: 'http://keys.invalid:8443/jwks.json' });
    const verifier = new TokenVerifier(config, pino({ level: 'silent' }));
    await expect(verifier.verify(await sign(pair('1')))).rejects.toThrow(
      /^tokens can't be checked now: no answer with keys from JWKS_URL$/,
    );
  });
});
