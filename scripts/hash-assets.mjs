// Gives every asset of a folder of pages a name that holds a hash of what is in it, and has the pages ask for it by that name:
// a browser keeps it for good, and asks for another when it is another. `page.js` becomes `page-1f2e3d4c5b.js`.
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';

const HASHED = new Set(['.js', '.css', '.svg']);
const DIGITS = 10;

/** `kept`: files whose names are addresses that others know. */
export const hashAssets = (folder, kept) => {
  const paths = readdirSync(folder, { recursive: true }).map((path) => path.replaceAll('\\', '/'));
  const assets = paths.filter((path) => HASHED.has(extname(path)) && !kept.includes(path));
  const names = new Map(assets.map((path) => [path, hashedName(path, readFileSync(join(folder, path)))]));
  for (const [path, name] of names) renameSync(join(folder, path), join(folder, name));
  for (const page of paths.filter((path) => path.endsWith('.html'))) {
    const text = readFileSync(join(folder, page), 'utf8').replaceAll(
      /(?<=")\/assets\/([^"]+)(?=")/g,
      (address, path) => {
        const name = names.get(path);
        if (name === undefined) throw new Error(`${page} asks for ${address}, which there is not`);
        return `/assets/${name}`;
      },
    );
    writeFileSync(join(folder, page), text);
  }
};

const hashedName = (path, content) => {
  const hash = createHash('sha256').update(content).digest('hex').slice(0, DIGITS);
  const extension = extname(path);
  return `${path.slice(0, -extension.length)}-${hash}${extension}`;
};
