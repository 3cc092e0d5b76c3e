import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';

const checkout = resolve(import.meta.dirname, '../..');
const TOOLS = 'sh env cat id mktemp tail rm mv chmod find touch dirname'.split(' ');
const WATCHING = 'prometheus prometheus-alertmanager prometheus-redis-exporter prometheus-nginx-exporter';
const UPDATE = 'update -qq';
const install = (packages: string): string => `install -y -qq --no-install-recommends ${packages}`;

/** A checkout on a machine that has the cluster's tools by stubs, but for `lacks`, and nothing that watches. */
const machine = (lacks: readonly string[] = []) => {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-setup-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const bin = join(folder, 'bin');
  for (const path of ['bin', 'scripts', 'node_modules']) mkdirSync(join(folder, path));
  for (const path of ['package-lock.json', 'scripts/setup.sh']) cpSync(join(checkout, path), join(folder, path));
  writeFileSync(join(folder, 'node_modules/.package-lock.json'), '');
  for (const tool of TOOLS) symlinkSync(execFileSync('which', [tool], { encoding: 'utf8' }).trim(), join(bin, tool));
  symlinkSync(process.execPath, join(bin, 'node'));
  const stub = (name: string, text: string): void => {
    // Not through a link, to the tool of this machine.
    rmSync(join(bin, name), { force: true });
    writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(bin, name), 0o755);
  };
  for (const tool of ['redis-server', 'nginx', 'supervisord', 'ps']) if (!lacks.includes(tool)) stub(tool, '');
  const calls = join(folder, 'calls');
  /** `REFUSES`: packages that can't be had. Root only writes what stands in the folder. */
  stub('apt-get', `echo "$*" >> '${calls}'; case "$* " in *"\${REFUSES:-nothing} "*) exit 100 ;; esac`);
  stub('id', 'echo 0');
  const run = (words: readonly string[], environment: Readonly<Record<string, string>> = {}) => {
    rmSync(calls, { force: true });
    const result = spawnSync(join(folder, 'scripts/setup.sh'), words, {
      env: { PATH: bin, POLICY_RC_D: join(folder, 'policy'), ...environment },
      encoding: 'utf8',
    });
    const asked = spawnSync('cat', [calls], { encoding: 'utf8' }).stdout.split('\n').filter(Boolean);
    return { code: result.status, words: result.stderr, asked };
  };
  return { run, folder };
};

describe('scripts/setup.sh', () => {
  test('what watches is installed with what is missing, in one call, and only where it is asked for', () => {
    const { run } = machine(['redis-server']);
    expect(run(['--watching'])).toMatchObject({ code: 0, asked: [UPDATE, install(`redis-server ${WATCHING}`)] });
    expect(machine().run([])).toEqual({ code: 0, words: '', asked: [] });
  });

  test('where it can not be had the rest is installed, one line says so, and it is not tried again that day', () => {
    const { run } = machine(['redis-server']);
    const { code, words, asked } = run(['--watching'], { REFUSES: 'prometheus' });
    expect(code).toBe(0);
    expect(asked).toEqual([UPDATE, install(`redis-server ${WATCHING}`), UPDATE, install('redis-server')]);
    expect(words.trim().split('\n').at(-1)).toMatch(/^setup: without prometheus .* can't be had here/);
    const { run: again, folder } = machine();
    expect(again(['--watching'], { REFUSES: 'prometheus' })).toMatchObject({ code: 0 });
    expect(again(['--watching'])).toEqual({ code: 0, words: '', asked: [] });
    expect(readFileSync(join(folder, 'node_modules/.watching-not-had'), 'utf8')).toBe('');
  });

  test('what the cluster needs and can not be had is a failure', () => {
    const { code, asked } = machine(['redis-server']).run(['--watching'], { REFUSES: 'redis-server' });
    expect(code).toBe(1);
    expect(asked).toHaveLength(4);
  });
});
