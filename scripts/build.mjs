// Builds dist/: compiled services, and beside them the files that are read at run time (Lua, what browsers get). It is built aside
// and put in place at the end, so that a build that fails leaves the one before as it was.
import { execFileSync } from 'node:child_process';
import { cpSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bundle } from './bundle.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const fresh = `${root}/dist/.new-${process.pid}`;
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
  const { DEFAULTS } = await import(`${fresh}/services/gateway/defaults.js`);
  writeFileSync(`${fresh}/services/gateway/defaults.json`, `${JSON.stringify(DEFAULTS, null, 2)}\n`);
  cpSync(`${root}/services/gateway/broker/lua`, `${fresh}/services/gateway/broker/lua`, { recursive: true });
  for (const folder of ['services', 'chaos']) {
    rmSync(`${root}/dist/${folder}`, { recursive: true, force: true });
    renameSync(`${fresh}/${folder}`, `${root}/dist/${folder}`);
  }
  // A source that changed while this was built is newer than the mark.
  writeFileSync(`${root}/dist/.built`, '');
  utimesSync(`${root}/dist/.built`, began, began);
} catch (error) {
  // The compiler, or the bundler, has said what is wrong.
  if (error.status === undefined && error.errors === undefined) throw error;
  process.stderr.write('build: failed; the build before it is still in place\n');
  process.exitCode = 1;
} finally {
  rmSync(fresh, { recursive: true, force: true });
}
