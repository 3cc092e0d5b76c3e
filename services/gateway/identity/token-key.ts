import { createPublicKey, createSecretKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { ConfigError } from '../config/together.js';

/** A key, and what it may be used with: a token does not choose [token-2]. */
export type TokenKey = Readonly<{ key: KeyObject; algorithms: readonly string[] }>;

const LEAST_RSA_BITS = 2_048;
const HMAC = ['HS256', 'HS384', 'HS512'];
const RSA = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'];
const EDWARDS = ['EdDSA', 'Ed25519'];
const CURVES: Readonly<Record<string, readonly string[]>> = {
  prime256v1: ['ES256'],
  secp384r1: ['ES384'],
  secp521r1: ['ES512'],
};

/** With what keys of a JWKS may be used: whatever they are, none of them is a secret. */
export const PUBLIC_ALGORITHMS: readonly string[] = [...RSA, ...Object.values(CURVES).flat(), ...EDWARDS];

export const secretKey = (secret: string): TokenKey => ({
  key: createSecretKey(Buffer.from(secret)),
  algorithms: HMAC,
});

/** @param text a PEM, in which line ends may be written as \n, or the path of one. @throws ConfigError */
export const publicKey = (text: string): TokenKey => {
  const key = readPublicKey(text.includes('-----BEGIN') ? text.replaceAll('\\n', '\n') : readPem(text));
  const algorithms = algorithmsOf(key);
  if (algorithms === undefined) throw wrong('must be RSA with 2048 bits or more, EC P-256, P-384 or P-521, or Ed25519');
  return { key, algorithms };
};

const readPem = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw wrong(`is no PEM, and no file that can be read: ${error instanceof Error ? error.message : String(error)}`);
  }
};

const readPublicKey = (pem: string): KeyObject => {
  // A public key can be made of a private one, which has no business here.
  if (pem.includes('PRIVATE KEY')) throw wrong('is a private key: workers need the public one alone');
  try {
    return createPublicKey(pem);
  } catch {
    throw wrong('is no public key in PEM');
  }
};

const algorithmsOf = ({ asymmetricKeyType, asymmetricKeyDetails = {} }: KeyObject): readonly string[] | undefined => {
  const { modulusLength = 0, namedCurve = '' } = asymmetricKeyDetails;
  switch (asymmetricKeyType) {
    case 'rsa':
      return modulusLength < LEAST_RSA_BITS ? undefined : RSA;
    case 'ec':
      return CURVES[namedCurve];
    case 'ed25519':
      return EDWARDS;
    default:
      return undefined;
  }
};

const wrong = (words: string): ConfigError => new ConfigError(`JWT_PUBLIC_KEY ${words}`);
