import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CHAIN, KEY, readCertificatePair } from './certificate.js';

const script = resolve(import.meta.dirname, '../../../scripts/dev-certs.sh');
const folders = mkdtempSync(join(tmpdir(), 'switchyard-pairs-'));
const made = (name: string): string => {
  const folder = join(folders, name);
  execFileSync('sh', [script], {
    env: { PATH: process.env['PATH'], TLS_DIR: folder },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  return folder;
};
let one: string;
let other: string;
let now: Date;
const DAY_MS = 86_400_000;

beforeAll(() => {
  [one, other] = [made('one'), made('other')];
  // Certificates begin with a whole second.
  now = new Date();
});
afterAll(() => rmSync(folders, { recursive: true, force: true }));

/** A folder with these two files; one that is undefined is left out. */
const folderWith = (name: string, chain: string | undefined, key: string | undefined): string => {
  const folder = join(folders, name);
  mkdirSync(folder);
  if (chain !== undefined) copyFileSync(chain, join(folder, CHAIN));
  if (key !== undefined) copyFileSync(key, join(folder, KEY));
  return folder;
};

test('a pair of dev-certs is good for a year', () => {
  const pair = readCertificatePair(one, now);
  if (pair.kind === 'bad') throw new Error(pair.why);
  expect(Math.round((pair.endsAt.getTime() - now.getTime()) / DAY_MS)).toBe(365);
});

test('files that are missing, are nothing of the kind, or do not belong together are named, with their folder', () => {
  const whyOf = (folder: string): string => {
    const pair = readCertificatePair(folder, now);
    return pair.kind === 'bad' ? pair.why : '';
  };
  expect(whyOf(join(folders, 'nowhere'))).toMatch(/^TLS_DIR=.*nowhere: fullchain.pem is missing .*make dev-certs/);
  const [chain, key] = [join(one, CHAIN), join(one, KEY)];
  expect(whyOf(folderWith('no key', chain, undefined))).toContain(': privkey.pem is missing');
  const unlike = folderWith('other key', chain, join(other, KEY));
  expect(whyOf(unlike)).toContain('privkey.pem is not the key of the first certificate in fullchain.pem');
  expect(whyOf(folderWith('swapped', key, chain))).toContain('fullchain.pem is not a certificate in PEM');
  const folder = folderWith('a folder', chain, undefined);
  mkdirSync(join(folder, KEY));
  expect(whyOf(folder)).toContain("privkey.pem can't be read");
});

test('a key with a passphrase is refused, and nothing of it is shown', () => {
  const folder = folderWith('passphrase', join(one, CHAIN), undefined);
  const options = ['-aes256', '-passout', 'pass:secret', '-in', join(one, KEY), '-out', join(folder, KEY)];
  execFileSync('openssl', ['pkey', ...options]);
  const pair = readCertificatePair(folder, now);
  expect(pair).toEqual({
    kind: 'bad',
    why: `TLS_DIR=${folder}: privkey.pem is not a private key in PEM without a passphrase`,
  });
  writeFileSync(join(folder, KEY), readFileSync(join(one, KEY), 'utf8').slice(0, 100));
  expect(readCertificatePair(folder, now)).toEqual(pair);
});

test('one that has ended, or not begun, is refused, but where time does not matter', () => {
  const whyAt = (days: number): string => {
    const pair = readCertificatePair(one, new Date(now.getTime() + days * DAY_MS));
    return pair.kind === 'bad' ? pair.why : '';
  };
  expect(whyAt(366)).toMatch(/ended at \d{4}-/);
  expect(whyAt(-1)).toMatch(/begins at \d{4}-/);
  expect(whyAt(364)).toBe('');
  expect(readCertificatePair(one, undefined).kind).toBe('good');
});
