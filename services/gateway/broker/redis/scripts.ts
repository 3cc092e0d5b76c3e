import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

export type Script = Readonly<{ source: string; sha: string }>;

const load = (...files: readonly string[]): Script => {
  const source = files.map((file) => readFileSync(new URL(`../lua/${file}.lua`, import.meta.url), 'utf8')).join('\n');
  return { source, sha: createHash('sha1').update(source).digest('hex') };
};

/** Reads all scripts from `lua/`, once at start; a file named first is the prelude of the second. */
export const loadScripts = () => ({
  publish: load('life', 'publish'),
  read: load('life', 'read'),
  top: load('life', 'top'),
  sessionCreate: load('session-create'),
  sessionResume: load('allowance', 'session-resume'),
  sessionKeep: load('session-keep'),
  sessionCharge: load('allowance', 'session-charge'),
  sessionCount: load('session-count'),
  sessionFold: load('session-fold'),
  publisherFold: load('publisher-fold'),
  sessionPlace: load('session-place'),
  sessionRelease: load('allowance', 'session-release'),
  addressTake: load('allowance', 'address-take'),
  leaseRenew: load('leases', 'lease-renew'),
  leaseRelease: load('leases', 'lease-release'),
  leaseView: load('leases', 'lease-view'),
  presenceState: load('presence', 'presence-state'),
  presencePage: load('presence', 'presence-page'),
  presenceForget: load('presence', 'presence-forget'),
  presenceLive: load('presence-live'),
  sampleAdd: load('sample-add'),
});

export type Scripts = Readonly<ReturnType<typeof loadScripts>>;
