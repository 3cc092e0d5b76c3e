import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isErrno } from '../failure.js';

export const CHAIN = 'fullchain.pem';
export const KEY = 'privkey.pem';

/** What a folder holds: a chain and its key, good for nginx now; or why they are not, in words that name folder and file. */
export type CertificatePair =
  | Readonly<{ kind: 'good'; chain: string; key: string; endsAt: Date; fingerprint: string }>
  | Readonly<{ kind: 'bad'; why: string }>;

/**
 * Reads and judges `fullchain.pem` (the server's own certificate first) and `privkey.pem` (without a passphrase), at a time
 * or, where that is undefined, for any.
 */
export const readCertificatePair = (folder: string, now: Date | undefined): CertificatePair => {
  const bad = (what: string): CertificatePair => ({ kind: 'bad', why: `TLS_DIR=${folder}: ${what}` });
  try {
    const [chain, key] = [readText(folder, CHAIN), readText(folder, KEY)];
    const certificate = parsed(CHAIN, 'a certificate in PEM', () => new X509Certificate(chain));
    const privateKey = parsed(KEY, 'a private key in PEM without a passphrase', (): KeyObject => createPrivateKey(key));
    if (!certificate.checkPrivateKey(privateKey)) {
      return bad(
        `${KEY} is not the key of the first certificate in ${CHAIN}: they were renewed apart, or stand in another order`,
      );
    }
    const [startsAt, endsAt] = [new Date(certificate.validFrom), new Date(certificate.validTo)];
    if (now !== undefined && endsAt <= now)
      return bad(`the certificate in ${CHAIN} ended at ${endsAt.toISOString()}: renew it`);
    if (now !== undefined && startsAt > now)
      return bad(`the certificate in ${CHAIN} begins at ${startsAt.toISOString()} only`);
    return { kind: 'good', chain, key, endsAt, fingerprint: certificate.fingerprint256 };
  } catch (error) {
    if (error instanceof Unusable) return bad(error.message);
    throw error;
  }
};

class Unusable extends Error {
  override readonly name = 'Unusable';
}

const readText = (folder: string, file: string): string => {
  try {
    return readFileSync(join(folder, file), 'utf8');
  } catch (error) {
    if (isErrno(error, 'ENOENT'))
      throw new Unusable(`${file} is missing ("make dev-certs" makes a pair for development)`);
    // What is said of files of a stack would send to another RUN_DIR.
    throw new Unusable(`${file} can't be read (${error instanceof Error ? error.message : String(error)})`);
  }
};

const parsed = <T>(file: string, wanted: string, parse: () => T): T => {
  try {
    return parse();
  } catch {
    // OpenSSL's own words name neither file nor remedy, and must not show a line of a key.
    throw new Unusable(`${file} is not ${wanted}`);
  }
};
