// What browsers get, into a folder: the client library in one file, and the pages with their scripts bundled.
// `node scripts/bundle.mjs FOLDER` writes it, a module that imports this gets the function.
import { cpSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { hashAssets } from './hash-assets.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const common = { absWorkingDir: root, bundle: true, format: 'esm', target: 'es2022', logLevel: 'warning' };
const ASSETS = ['.html', '.css', '.svg'];

/** The client library, as its readers get it. */
export const bundleClient = () =>
  buildSync({ ...common, entryPoints: ['services/client/index.ts'], minify: true, write: false }).outputFiles[0]
    .contents;

/** What of the conductor runs beside a stack, each in one file: without this checkout and its packages. */
export const bundleBeside = (folder) => {
  const beside = { ...common, minify: true, platform: 'node', format: 'cjs', target: 'node20' };
  const one = (entry, name) => buildSync({ ...beside, entryPoints: [entry], outfile: `${folder}/${name}` });
  // A stack runs a copy of it.
  one('services/conductor/exporter/main.ts', 'exporter.cjs');
  // First in a stack of containers.
  one('services/conductor/engines/compose/configure.ts', 'configure.cjs');
};

export const bundle = (folder) => {
  buildSync({ ...common, entryPoints: ['services/client/index.ts'], minify: true, outfile: `${folder}/client.js` });
  const pages = { ...common, minify: true, outbase: 'services/dashboard', outdir: folder };
  buildSync({ ...pages, entryPoints: ['services/dashboard/test-page/page.ts', 'services/dashboard/admin/page.ts'] });
  // Before anything is shown, so that no page flashes in the other theme: it is no module, those wait.
  buildSync({ ...pages, format: 'iife', entryPoints: ['services/dashboard/shared/theme.ts'] });
  cpSync(`${root}/services/dashboard`, folder, {
    recursive: true,
    filter: (path) => !/\.[a-z]+$/i.test(path) || ASSETS.some((extension) => path.endsWith(extension)),
  });
  cpSync(`${root}/node_modules/uplot/dist/uPlot.min.css`, `${folder}/shared/uplot.css`);
  hashAssets(folder, ['client.js']);
};

if (process.argv[1] === fileURLToPath(import.meta.url)) bundle(process.argv[2]);
