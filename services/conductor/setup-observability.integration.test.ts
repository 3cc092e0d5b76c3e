import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';

const SCRIPT = resolve(import.meta.dirname, '../../scripts/setup-observability.sh');
const TOOLS =
  'sh bash awk cat chmod cut dirname env grep head install mkdir mv nice rm sed sleep sort tail touch'.split(' ');
const PLACE = 'loki-3.7.8';
/** Of no process: above the largest that Linux gives. */
const GONE = 4_194_305;

/** A Go that compiles nothing: `GO_FAILS` fails the build; what it was asked for is in `calls`. */
const GO = `#!/bin/sh
echo "$GOMODCACHE|$*" >> "$(dirname "$0")/calls"
case "$1 $2" in
  'env GOVERSION') echo "go$GO_VERSION" ;;
  'mod download') mkdir -p "$GOMODCACHE/loki" && touch "$GOMODCACHE/loki/go.mod" "$GOMODCACHE/loki/go.sum"
    chmod a-w "$GOMODCACHE/loki"; printf '{\\n\\t"Dir": "%s",\\n}\\n' "$GOMODCACHE/loki" ;;
  build*) if [ -n "$GO_FAILS" ]; then echo 'cannot compile this'; exit 1; fi
    while [ "$1" != -o ]; do shift; done
    printf '#!/bin/sh\\necho built\\n' > "$2"; chmod +x "$2" ;;
esac
`;

let root: string;
let bin: string;
let cache: string;

const tool = (folder: string, name: string, text: string): void => {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), text);
  chmodSync(join(folder, name), 0o755);
};
const run = (settings: Record<string, string> = {}) => {
  const { status, stdout, stderr } = spawnSync('/bin/bash', [SCRIPT], {
    encoding: 'utf8',
    env: { PATH: bin, SWITCHYARD_CACHE: cache, GO_VERSION: '1.26.3', ...settings },
  });
  return { status, output: stdout + stderr };
};
const lokiIn = (folder: string): string => readFileSync(join(folder, 'loki'), 'utf8');

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'switchyard-setup-'));
  bin = join(root, 'bin');
  cache = join(root, 'cache');
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  mkdirSync(bin);
  for (const name of TOOLS) {
    const path = ['/usr/bin', '/bin'].map((folder) => join(folder, name)).find((each) => existsSync(each));
    if (path !== undefined) symlinkSync(path, join(bin, name));
  }
  tool(bin, 'df', '#!/bin/sh\nprintf "head\\nroot 1 1 99999 1%% /\\n"\n');
});

test('a Loki that is there is left alone, and Go is not asked for', () => {
  tool(join(cache, PLACE), 'loki', '#!/bin/sh\necho there\n');
  const { status, output } = run();
  expect(status).toBe(0);
  expect(output).toContain(`Loki 3.7.8 is there: ${cache}/${PLACE}/loki`);
});

test('no Go, or one that is too old: what is needed, and how to get it', () => {
  expect(run()).toMatchObject({ status: 1, output: expect.stringContaining('Go 1.26 or newer is needed') as string });
  tool(bin, 'go', GO);
  const { status, output } = run({ GO_VERSION: '1.19.8' });
  expect(status).toBe(1);
  expect(output).toContain(
    'Go 1.19.8 is too old to build Loki: 1.26 or newer is needed: get it from https://go.dev/dl/',
  );
});

test('it says how long it takes, builds with caches of its own, and leaves the binary alone', () => {
  tool(bin, 'go', GO);
  const killed = join(cache, `.loki-build.${GONE}`);
  mkdirSync(killed, { recursive: true });
  const { status, output } = run();
  expect(output).toContain('about 6 minutes on 2 cores');
  expect(status).toBe(0);
  expect(lokiIn(join(cache, PLACE))).toContain('built');
  expect(readdirSync(cache)).toEqual([PLACE]);
  expect(readFileSync(join(bin, 'calls'), 'utf8')).toContain(`${cache}/.loki-build.`);
});

test('KEEP_GO_CACHE=1 leaves Go its own caches', () => {
  tool(bin, 'go', GO);
  const own = join(root, 'own');
  mkdirSync(own);
  expect(run({ KEEP_GO_CACHE: '1', GOMODCACHE: own }).status).toBe(0);
  expect(readdirSync(own)).toEqual(['loki']);
});

test('a build that fails leaves what was there, says why, and FORCE=1 tries it', () => {
  tool(bin, 'go', GO);
  tool(join(cache, PLACE), 'loki', '#!/bin/sh\necho there\n');
  const { status, output } = run({ FORCE: '1', GO_FAILS: '1' });
  expect(status).toBe(1);
  expect(output).toContain('cannot compile this');
  expect(lokiIn(join(cache, PLACE))).toContain('there');
  expect(readdirSync(cache)).toEqual([PLACE]);
  expect(run({ FORCE: '1' }).status).toBe(0);
  expect(lokiIn(join(cache, PLACE))).toContain('built');
});

test('no room for the build is said before it begins', () => {
  tool(bin, 'go', GO);
  tool(bin, 'df', '#!/bin/sh\nprintf "head\\nroot 1 1 100 1%% /\\n"\n');
  const { status, output } = run();
  expect(status).toBe(1);
  expect(output).toContain('building needs 5.5 GB for a while');
  expect(readdirSync(cache)).toEqual([]);
});
