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

export type PublicKeySetting = 'JWT_PUBLIC_KEY' | 'JWT_PUBLIC_KEY_PREVIOUS';

/**
 * @param text a PEM, in which line ends may be written as \n, or the path of one
 * @param setting that has it
 * @throws ConfigError
 */
export const publicKey = (text: string, setting: PublicKeySetting): TokenKey => {
  try {
    const key = readPublicKey(text.includes(BEGIN) ? text.replaceAll('\\n', '\n') : readPem(text));
    return { key, algorithms: algorithmsOf(key) };
  } catch (error) {
    if (error instanceof WrongKey) throw new ConfigError(`${setting} ${error.message}`);
    throw error;
  }
};

const BEGIN = '-----BEGIN';

/** What is wrong with a public key, in words that follow the name of its setting. */
class WrongKey extends Error {
  override readonly name = 'WrongKey';
}

const readPem = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    throw new WrongKey(`is no PEM, and no file that can be read: ${words}`);
  }
};

const readPublicKey = (pem: string): KeyObject => {
  // A public key can be made of a private one, which has no business here.
  if (pem.includes('PRIVATE KEY')) throw new WrongKey('is a private key: workers need the public one alone');
  if (pem.split(BEGIN).length > 2) {
    throw new WrongKey('has more than one PEM: one key is wanted, and the one before it as JWT_PUBLIC_KEY_PREVIOUS');
  }
  try {
    return createPublicKey(pem);
  } catch {
    throw new WrongKey('is no public key in PEM');
  }
};

const algorithmsOf = (key: KeyObject): readonly string[] => {
  const algorithms = knownAlgorithmsOf(key);
  if (algorithms !== undefined) return algorithms;
  throw new WrongKey('must be RSA with 2048 bits or more, EC P-256, P-384 or P-521, or Ed25519');
};

const knownAlgorithmsOf = ({
  asymmetricKeyType,
  asymmetricKeyDetails = {},
}: KeyObject): readonly string[] | undefined => {
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
