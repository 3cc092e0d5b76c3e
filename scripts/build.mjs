// Builds dist/: compiled services, and beside them the files that are read at run time (Lua, pages).
import { execFileSync } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const tsc = (project) =>
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', project], { cwd: root, stdio: 'inherit' });
const copy = (folder, extensions) =>
  cpSync(`${root}/${folder}`, `${root}/dist/${folder}`, {
    recursive: true,
    filter: (path) => !/\.[a-z]+$/i.test(path) || extensions.some((extension) => path.endsWith(extension)),
  });

rmSync(`${root}/dist`, { recursive: true, force: true });
tsc('tsconfig.build.json');
tsc('services/dashboard');
copy('services/gateway/broker/lua', ['.lua']);
copy('services/dashboard', ['.html', '.css', '.svg']);
