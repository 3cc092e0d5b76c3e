import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Wanted } from './copying.js';

const Lockfile = z.object({
  packages: z.record(z.string(), z.object({ dev: z.boolean().optional(), devOptional: z.boolean().optional() })),
});

/** Where the packages that workers need lie, from the checkout on: `node_modules/zod`. */
export const productionPackages = (checkout: string): readonly string[] => {
  const lockfile = Lockfile.parse(JSON.parse(readFileSync(join(checkout, 'package-lock.json'), 'utf8')));
  return Object.entries(lockfile.packages)
    .filter(([path, entry]) => path.startsWith('node_modules/') && entry.dev !== true && entry.devOptional !== true)
    .map(([path]) => path)
    .filter((path) => existsSync(join(checkout, path)));
};

/** What Node loads of a package; one nested in it has an entry of its own in the lockfile. */
export const neededOfPackage = (from: string): Wanted => {
  if (from.endsWith('node_modules/uWebSockets.js')) return neededOfUws(from);
  const nested = join(from, 'node_modules');
  return (path) => path !== nested && isRun(path);
};

/** Not what only people and compilers read. */
export const isRun: Wanted = (path) => !/\.(?:d\.[cm]?ts|map|md)$/.test(path);

/** The package carries binaries for every platform, 257 MB of them: only the one that Node loads here is copied. */
const neededOfUws = (from: string): Wanted => {
  const binary = `uws_${process.platform}_${process.arch}_${process.versions.modules}.node`;
  const files = new Set(
    ['uws.js', 'ESM_wrapper.mjs', 'package.json', 'LICENSE', binary].map((name) => join(from, name)),
  );
  return (path) => files.has(path);
};
