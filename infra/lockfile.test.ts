import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

type Lockfile = Readonly<{ packages: Readonly<Record<string, Readonly<{ integrity?: string; resolved?: string }>>> }>;
const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as Lockfile;
const { dependencies, devDependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as Readonly<
  Record<'dependencies' | 'devDependencies', Readonly<Record<string, string>>>
>;

describe('the lockfile', () => {
  it('has a hash for every package, and says of none where it came from', () => {
    const installed = Object.entries(packages).filter(([path]) => path !== '');
    expect(installed.length).toBeGreaterThan(50);
    expect(
      installed.filter(([, { integrity = '' }]) => !integrity.startsWith('sha512-')).map(([path]) => path),
    ).toEqual([]);
    expect(installed.filter(([, { resolved }]) => resolved !== undefined).map(([path]) => path)).toEqual([]);
  });

  it('is of exact versions: none of ours is a range', () => {
    const ours = Object.entries({ ...dependencies, ...devDependencies });
    expect(ours.filter(([, version]) => !/^(npm:[\w.@/-]+@)?\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  });
});
