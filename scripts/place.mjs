// Builds stand side by side in the checkout, each in a folder of its own that never changes again, and `dist` is a link to
// the newest: a build replaces another by one rename, and whoever works from the one before goes on with it.
// `node scripts/place.mjs ROOT FOLDER` puts a finished build in place.
import { existsSync, lstatSync, readdirSync, readlinkSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Also those that something that runs may still read from. */
const KEPT = 3;
const BUILD = /^\.build-.*-(\d+)$/;

/** In a finished build, and only there. Its time is that of its sources. */
export const MARK = '.built';

/** Where a new build is made. */
export const newBuild = (root) => {
  const stamp = new Date().toISOString().replaceAll(/[-:.]/g, '');
  return join(root, `.build-${stamp}-${process.pid}`);
};

/** Makes `dist` the finished build in `folder`. */
export const place = (root, folder) => {
  const dist = join(root, 'dist');
  const link = `${folder}.link`;
  symlinkSync(basename(folder), link);
  // From before there were links: a rename can't put one over a folder.
  if (lstatSync(dist, { throwIfNoEntry: false })?.isDirectory() === true) renameSync(dist, `${folder}.before`);
  renameSync(link, dist);
  rmSync(`${folder}.before`, { recursive: true, force: true });
};

/** Removes what builds that were killed left, and all but the newest. */
export const sweep = (root) => {
  const current = readlinkSync(join(root, 'dist'));
  const ours = readdirSync(root).filter((name) => name.startsWith('.build-'));
  const isMade = (name) => BUILD.test(name) && existsSync(join(root, name, MARK));
  const stale = ours.filter((name) => !isMade(name) && !isInWork(name));
  const made = ours.filter((name) => isMade(name) && name !== current).sort();
  for (const name of [...stale, ...made.slice(0, -KEPT)]) rmSync(join(root, name), { recursive: true, force: true });
};

const isInWork = (name) => {
  const pid = /-(\d+)(?:\.\w+)?$/.exec(name)?.[1];
  try {
    return pid !== undefined && process.kill(Number(pid), 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [root, folder] = process.argv.slice(2);
  place(root, folder);
  sweep(root);
}
