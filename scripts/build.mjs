// Builds dist/: compiled services, and beside them the files that are read at run time (Lua, pages). It is built aside
// and put in place at the end, so that a build that fails leaves the one before as it was.
import { execFileSync } from 'node:child_process';
import { cpSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const fresh = `${root}/dist/.new-${process.pid}`;
const began = new Date();
const tsc = (project, outDir) =>
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', project, '--outDir', outDir], {
    cwd: root,
    stdio: 'inherit',
  });
const copy = (folder, extensions) =>
  cpSync(`${root}/${folder}`, `${fresh}/${folder}`, {
    recursive: true,
    filter: (path) => !/\.[a-z]+$/i.test(path) || extensions.some((extension) => path.endsWith(extension)),
  });

try {
  tsc('tsconfig.build.json', fresh);
  tsc('services/dashboard', `${fresh}/services/dashboard`);
  const { DEFAULTS } = await import(`${fresh}/services/gateway/defaults.js`);
  writeFileSync(`${fresh}/services/gateway/defaults.json`, `${JSON.stringify(DEFAULTS, null, 2)}\n`);
  copy('services/gateway/broker/lua', ['.lua']);
  copy('services/dashboard', ['.html', '.css', '.svg']);
  rmSync(`${root}/dist/services`, { recursive: true, force: true });
  renameSync(`${fresh}/services`, `${root}/dist/services`);
  // A source that changed while this was built is newer than the mark.
  writeFileSync(`${root}/dist/.built`, '');
  utimesSync(`${root}/dist/.built`, began, began);
} catch (error) {
  // The compiler has said what is wrong.
  if (error.status === undefined) throw error;
  process.stderr.write('build: failed; the build before it is still in place\n');
  process.exitCode = 1;
} finally {
  rmSync(fresh, { recursive: true, force: true });
}
