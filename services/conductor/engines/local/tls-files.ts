import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../../failure.js';
import { CHAIN, KEY, readCertificatePair } from '../../tls/certificate.js';
import type { Layout } from './layout.js';
import { replaceFile } from './parts/replace-file.js';

/**
 * Gives nginx a copy of the pair in `folder`, so that it never meets one that is half renewed. One that is not good leaves
 * the copy as it is.
 * @throws {Failure} when it is not good, and nginx has no copy of an earlier one
 */
export const installCertificate = (layout: Layout, folder: string): void => {
  const pair = readCertificatePair(folder, new Date());
  if (pair.kind === 'good') {
    mkdirSync(layout.tls, { recursive: true, mode: 0o700 });
    replaceFile(join(layout.tls, CHAIN), pair.chain, 0o644);
    replaceFile(join(layout.tls, KEY), pair.key, 0o600);
  } else if (installedCertificate(layout) === undefined) throw new Failure(pair.why);
};

/** The SHA-256 fingerprint of what nginx was given; undefined: nothing that it can use. */
export const installedCertificate = (layout: Layout): string | undefined => {
  // However long it has ended: it is what nginx shows.
  const pair = readCertificatePair(layout.tls, undefined);
  return pair.kind === 'good' ? pair.fingerprint : undefined;
};
