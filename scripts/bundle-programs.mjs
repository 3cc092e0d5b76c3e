// Each program of a build in one file: Node reads some 500 modules in half a second of computing, and one file in a fifth of
// it. What was there before stays beside it, as `main.unbundled.js`: the same program from its modules, for who changes one of them.
import { readFile, rename } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { build } from 'esbuild';

const PROGRAMS = ['services/gateway', 'services/tasks', 'services/conductor'];

/** What a module finds from its own place it finds from the bundle's. */
const ownPlaces = (folder) => ({
  name: 'own places',
  setup({ onLoad }) {
    onLoad({ filter: /\/services\/.*\.js$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      const place = JSON.stringify(relative(folder, path));
      return { contents: text.replaceAll('import.meta.url', `new URL(${place}, import.meta.url).href`), loader: 'js' };
    });
  },
});

const bundle = async (folder, root) => {
  const main = join(folder, 'main.js');
  const unbundled = join(folder, 'main.unbundled.js');
  await rename(main, unbundled);
  await build({
    entryPoints: [unbundled],
    outfile: main,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    logLevel: 'warning',
    plugins: [ownPlaces(dirname(main))],
    nodePaths: [join(root, 'node_modules')],
    // Binaries, of which each machine has its own.
    external: ['uWebSockets.js'],
    // CommonJS packages ask for modules of Node by it.
    banner: {
      js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
    },
  });
};

/** @param compiled a folder that tsc compiled into */
export const bundlePrograms = (compiled, root) =>
  Promise.all(PROGRAMS.map((program) => bundle(join(compiled, program), root)));
