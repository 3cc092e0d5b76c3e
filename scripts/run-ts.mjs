// Runs a TypeScript program of the checkout that is no part of dist/: node scripts/run-ts.mjs FILE [WORDS…]
import { buildSync } from 'esbuild';
import { mkdtempSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [file] = process.argv.splice(2, 1);
if (file === undefined) throw new Error('which file is to be run? node scripts/run-ts.mjs FILE [WORDS…]');

process.chdir(root);
// Inside the checkout, so that the packages are found.
const folder = mkdtempSync(join(root, 'node_modules', '.run-ts-'));
try {
  const outfile = join(folder, 'program.mjs');
  buildSync({
    entryPoints: [file],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    sourcemap: 'inline',
  });
  await import(pathToFileURL(outfile).href);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
