// Builds the handlers of an application into a folder, each module with all that it imports, so that a release carries them:
// `node scripts/build-handlers.mjs FOLDER PATHS [BUILD]`. PATHS are modules and folders of them, separated by commas, TypeScript
// or JavaScript. Then it loads them as a worker of BUILD (default: dist) would, and says what is wrong with them.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, extname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { buildSync } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const [folder, paths = '', build = join(root, 'dist')] = process.argv.slice(2);
const MODULES = ['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs'];

/** What is wrong is somebody's to mend, and no defect of this script. */
class Wrong extends Error {}

const isModule = (name) => MODULES.includes(extname(name)) && !/\.(?:test|d)\.[cm]?[jt]s$/.test(name);

const modulesAt = (path) => {
  const full = resolve(path);
  const stats = statSync(full, { throwIfNoEntry: false });
  if (stats === undefined) throw new Wrong(`HANDLERS=${path}: there is no such file or folder`);
  if (!stats.isDirectory()) return [full];
  const modules = readdirSync(full, { withFileTypes: true }).filter((entry) => entry.isFile() && isModule(entry.name));
  if (modules.length === 0) throw new Wrong(`HANDLERS=${path}: there is no module in this folder (.ts, .js, .mjs)`);
  return modules.map(({ name }) => join(full, name)).sort();
};

/** Two modules of one name, from two folders, stay two. */
const named = (files) => {
  const taken = new Set();
  return files.map((file) => {
    const name = basename(file, extname(file));
    let out = name;
    for (let count = 2; taken.has(out); count += 1) out = `${name}-${count}`;
    taken.add(out);
    return { in: file, out };
  });
};

const bundle = (entryPoints) => {
  try {
    buildSync({
      entryPoints,
      outdir: folder,
      outExtension: { '.js': '.mjs' },
      bundle: true,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      // What several import is there once, with its state; deeper, where no handlers are looked for.
      splitting: true,
      chunkNames: 'shared/[name]-[hash]',
      alias: { 'switchyard/handlers': join(root, 'services/gateway/handlers/handler.ts') },
      nodePaths: [join(root, 'node_modules')],
      // CommonJS packages ask for modules of Node by it.
      banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
      logLevel: 'warning',
    });
  } catch (error) {
    if (error.errors === undefined) throw error;
    throw new Wrong('the handlers can not be built: mend what is named above', { cause: error });
  }
};

/** Whoever reads of a module knows its source. */
const ofSource = (words, entryPoints) =>
  entryPoints.reduce((text, { in: file, out }) => text.replaceAll(join(folder, `${out}.mjs`), file), words);

const load = async (entryPoints) => {
  const module = join(build, 'services/gateway/handlers/load.js');
  if (!existsSync(module)) throw new Wrong(`${build} is a build that knows no handlers`);
  const { loadHandlers } = await import(pathToFileURL(module).href);
  await loadHandlers([folder]).catch((error) => {
    if (error.name !== 'HandlersError') throw error;
    throw new Wrong(ofSource(error.message, entryPoints), { cause: error });
  });
};

try {
  if (folder === undefined) throw new Wrong('node scripts/build-handlers.mjs FOLDER PATHS [BUILD]');
  const given = paths.split(',').map((path) => path.trim());
  const entryPoints = named(given.filter((path) => path !== '').flatMap(modulesAt));
  bundle(entryPoints);
  await load(entryPoints);
  // A module may have begun something that would keep this going.
  process.exit(0);
} catch (error) {
  process.stderr.write(`handlers: ${error instanceof Wrong ? error.message : error.stack}\n`);
  process.exit(1);
}
