import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { layoutOf } from './layout.js';
import { replaceFile } from './parts/replace-file.js';
import { withinReach } from './parts/within-reach.js';
import { giveFolder, isReachable, runUserOf, whyNotAs, type RunUser } from './run-user.js';

const placeOf = (mode: number): string => {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-user-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  chmodSync(folder, mode);
  return folder;
};

const isRoot = process.getuid?.() === 0;

test('whoever runs the conductor is nobody else, where root is meant or nothing was settled', () => {
  expect([runUserOf(''), runUserOf('root')]).toEqual([undefined, undefined]);
});

// Only root can give anything to another user.
describe.skipIf(!isRoot)('as root', () => {
  const nobody = (): RunUser => runUserOf('nobody') ?? { name: '', uid: 0, gid: 0 };

  test('a user is found by name, with the ids that the system gives it', () => {
    const [, , uid, gid] = execFileSync('getent', ['passwd', 'nobody'], { encoding: 'utf8' }).split(':');
    expect(nobody()).toEqual({ name: 'nobody', uid: Number(uid), gid: Number(gid) });
    expect(() => runUserOf('nobody-of-this-name')).toThrow('RUN_USER=nobody-of-this-name: there is no such user');
  });

  test('what keeps a user out is named: the folder of the stack, or a binary', async () => {
    const [open, closed] = [placeOf(0o755), placeOf(0o700)];
    const binaryIn = (folder: string): string => {
      const file = join(folder, 'tool');
      writeFileSync(file, '#!/bin/sh\nexit 0\n', { mode: 0o755 });
      return file;
    };
    expect(await whyNotAs(nobody(), open, [process.execPath, binaryIn(open)])).toBeUndefined();
    expect(await whyNotAs(nobody(), closed, [process.execPath])).toContain(`nobody can't reach ${closed}`);
    expect(await whyNotAs(nobody(), open, [binaryIn(closed)])).toContain(`nobody can't reach ${closed}/tool`);
    expect([isReachable(join(open, 'tool'), nobody()), isReachable(join(closed, 'tool'), nobody())]).toEqual([
      true,
      false,
    ]);
  });

  test('a folder is given with what an older stack left there, and nothing that a link leads to', () => {
    const [folder, elsewhere] = [placeOf(0o755), placeOf(0o755)];
    const data = join(folder, 'data');
    mkdirSync(join(data, 'inner'), { recursive: true });
    writeFileSync(join(data, 'inner/file'), '');
    symlinkSync(elsewhere, join(data, 'link'));
    giveFolder(data, nobody());
    const owners = ['', 'inner', 'inner/file', 'link'].map((name) => lstatSync(join(data, name)).uid);
    expect(owners).toEqual(Array.from(owners, () => nobody().uid));
    expect(statSync(elsewhere).uid).toBe(0);
    giveFolder(join(folder, 'of root'), undefined);
    expect(statSync(join(folder, 'of root')).uid).toBe(0);
  });

  test('a file is written for its reader alone, anew when that is another, and never through a link', () => {
    const folder = placeOf(0o755);
    const [file, victim] = [join(folder, 'file'), join(folder, 'victim')];
    writeFileSync(victim, 'untouched');
    symlinkSync(victim, `${file}.${process.pid}.new`);
    expect(replaceFile(file, 'text', 0o600, nobody())).toBe(true);
    expect([statSync(file).uid, statSync(file).mode & 0o777]).toEqual([nobody().uid, 0o600]);
    expect(replaceFile(file, 'text', 0o600, nobody())).toBe(false);
    expect(replaceFile(file, 'text', 0o600)).toBe(true);
    expect(statSync(file).uid).toBe(0);
    expect(execFileSync('cat', [victim], { encoding: 'utf8' })).toBe('untouched');
  });

  test('a binary that the user does not get to stands in the run directory too', () => {
    const [closed, run] = [placeOf(0o700), placeOf(0o755)];
    const [binary, layout] = [join(closed, 'loki'), layoutOf('', run)];
    writeFileSync(binary, 'one', { mode: 0o755 });
    expect(withinReach(binary, layout, undefined)).toBe(binary);
    const reached = withinReach(binary, layout, nobody());
    expect([reached, isReachable(reached, nobody())]).toEqual([join(run, 'bin/loki'), true]);
    rmSync(binary);
    writeFileSync(binary, 'another build', { mode: 0o755 });
    withinReach(binary, layout, nobody());
    expect(execFileSync('cat', [reached], { encoding: 'utf8' })).toBe('another build');
    linkSync(reached, join(run, 'open'));
    expect(withinReach(join(run, 'open'), layout, nobody())).toBe(join(run, 'open'));
  });
});
