// Builds dist/: compiled services, and beside them the files that are read at run time (Lua, what browsers get). It is built aside
// and put in place at the end, so that a build that fails, or is killed, leaves the one before as it was, and two at once do no harm.
import { execFileSync } from 'node:child_process';
import { cpSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bundlePrograms } from './bundle-programs.mjs';
import { bundle, bundleBeside } from './bundle.mjs';
import { MARK, newBuild, place, sweep } from './place.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const fresh = newBuild(root);
const began = new Date();
const tsc = (project, ...words) =>
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', project, ...words], {
    cwd: root,
    stdio: 'inherit',
  });

try {
  tsc('tsconfig.build.json', '--outDir', fresh);
  tsc('services/dashboard');
  bundle(`${fresh}/services/dashboard`);
  bundleBeside(`${fresh}/services/conductor`);
  await bundlePrograms(fresh, root);
  const { DEFAULTS } = await import(`${fresh}/services/gateway/defaults.js`);
  writeFileSync(`${fresh}/services/gateway/defaults.json`, `${JSON.stringify(DEFAULTS, null, 2)}\n`);
  cpSync(`${root}/services/gateway/broker/lua`, `${fresh}/services/gateway/broker/lua`, { recursive: true });
  // A source that changed while this was built is newer than the mark.
  writeFileSync(`${fresh}/${MARK}`, '');
  utimesSync(`${fresh}/${MARK}`, began, began);
  place(root, fresh);
  sweep(root);
} catch (error) {
  rmSync(fresh, { recursive: true, force: true });
  // The compiler, or the bundler, has said what is wrong.
  if (error.status === undefined && error.errors === undefined) throw error;
  process.stderr.write(
    'build: failed; the build before it is still in place. Mend what is named above, and try again.\n',
  );
  process.exitCode = 1;
}
