import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

test('what scripts take of the build has a source: an image is built by them, where no test of this machine may be', () => {
  const taken = readdirSync('scripts')
    .filter((name) => name.endsWith('.mjs'))
    .flatMap((name) => [...readFileSync(`scripts/${name}`, 'utf8').matchAll(/from '\.\.\/dist\/(.+)\.js'/g)])
    .map(([, path = '']) => path);
  expect(taken.length).toBeGreaterThan(0);
  expect(taken.filter((path) => !existsSync(`${path}.ts`))).toEqual([]);
});
