// Builds modules of an application, its handlers or its tasks, into a folder, each module with all that it imports, so that a
// release carries them: `node scripts/build-modules.mjs HANDLERS|TASKS FOLDER PATHS [BUILD]`. PATHS are modules and folders of
// them, separated by commas, TypeScript or JavaScript. Then it loads them as a worker of BUILD (default: dist) would, and says
// what is wrong with them.
import { existsSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { buildSync } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const [setting, folder, paths = '', build = join(root, 'dist')] = process.argv.slice(2);
const MODULES = ['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs'];
/** Who loads them, in a build. */
const LOADERS = {
  HANDLERS: { what: 'handlers', file: 'services/gateway/handlers/load.js', name: 'loadHandlers' },
  TASKS: { what: 'tasks', file: 'services/task-queue/load.js', name: 'loadTasks' },
};

/** What is wrong is somebody's to mend, and no defect of this script. */
class Wrong extends Error {}
const isTold = (error) => error instanceof Wrong || error.name === 'ModulesUnusable';

const ofBuild = async (file, what) => {
  const module = join(build, file);
  if (!existsSync(module)) throw new Wrong(`${build} is a build that knows no ${what}`);
  return import(pathToFileURL(module).href);
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

const bundle = (entryPoints, what) => {
  try {
    buildSync({
      entryPoints,
      outdir: folder,
      outExtension: { '.js': '.mjs' },
      bundle: true,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      // What several import is there once, with its state; deeper, where no modules are looked for.
      splitting: true,
      chunkNames: 'shared/[name]-[hash]',
      alias: {
        'switchyard/handlers': join(root, 'services/gateway/handlers/handler.ts'),
        'switchyard/tasks': join(root, 'services/task-queue/definition.ts'),
      },
      nodePaths: [join(root, 'node_modules')],
      // CommonJS packages ask for modules of Node by it.
      banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
      logLevel: 'warning',
    });
  } catch (error) {
    if (error.errors === undefined) throw error;
    throw new Wrong(`the ${what} can not be built: mend what is named above`, { cause: error });
  }
};

/** Whoever reads of a module knows its source. */
const ofSource = (words, entryPoints) =>
  entryPoints.reduce((text, { in: file, out }) => text.replaceAll(join(folder, `${out}.mjs`), file), words);

const load = async (entryPoints, { file, name, what }) => {
  const loader = await ofBuild(file, what);
  await loader[name]([folder]).catch((error) => {
    if (!isTold(error)) throw error;
    throw new Wrong(ofSource(error.message, entryPoints), { cause: error });
  });
};

const loader = LOADERS[setting];
try {
  if (loader === undefined || folder === undefined) {
    throw new Wrong('node scripts/build-modules.mjs HANDLERS|TASKS FOLDER PATHS [BUILD]');
  }
  const { modulesAt, pathsIn } = await ofBuild('services/application/modules.js', loader.what);
  const entryPoints = named(pathsIn(paths).flatMap((path) => modulesAt(setting, path, MODULES)));
  bundle(entryPoints, loader.what);
  await load(entryPoints, loader);
  // A module may have begun something that would keep this going.
  process.exit(0);
} catch (error) {
  process.stderr.write(`${loader?.what ?? 'modules'}: ${isTold(error) ? error.message : error.stack}\n`);
  process.exit(1);
}
