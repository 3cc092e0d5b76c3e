import { cpSync, mkdtempSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { checkout } from './stack.js';

/** A copy of dist/ that can be made to fail; a promote takes it with `--source`. It is gone when the test is over. */
export const copyOfDist = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-dist-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const copy = join(folder, 'dist');
  // A link to the newest build: the build is copied.
  cpSync(realpathSync(join(checkout, 'dist')), copy, { recursive: true });
  return copy;
};

/** Puts a program before the worker's own; it goes on with `start()`. */
const before = (program: string): string => {
  const dist = copyOfDist();
  const gateway = join(dist, 'services/gateway');
  renameSync(join(gateway, 'main.js'), join(gateway, 'real-main.js'));
  const text = `import { readlinkSync } from 'node:fs';\nconst start = () => import('./real-main.js');\n${program}\n`;
  writeFileSync(join(gateway, 'main.js'), text);
  return dist;
};

type Change = readonly [file: string, from: string, to: string];

const changed = (...changes: readonly Change[]): string => {
  const dist = copyOfDist();
  for (const [file, from, to] of changes) {
    const path = join(dist, file);
    const text = readFileSync(path, 'utf8');
    if (!text.includes(from)) throw new Error(`${file} holds no ${from} to sabotage`);
    writeFileSync(path, text.replaceAll(from, to));
  }
  // The bundle holds what its modules were before.
  const gateway = join(dist, 'services/gateway');
  renameSync(join(gateway, 'main.unbundled.js'), join(gateway, 'main.js'));
  return dist;
};

const BROKER = 'services/gateway/broker';

/** In a worker: whether its color is the active one. */
const ACTIVE =
  "process.getBuiltinModule('node:fs').readlinkSync(process.env.SWITCHYARD_RUN_DIR + '/nginx/active') === process.env.COLOR";

const FAN_OUT = 'this.#context.fanOut.publish(this.channel, text);';
const NTH_DELIVERY = '(globalThis.deliveries = (globalThis.deliveries ?? 0) + 1) === 100';

export const SABOTAGE = {
  wontStart: () => before(`console.error('sabotage: this release does not start');\nprocess.exit(3);`),
  neverReady: () => before(`process.env.REDIS_URL = 'redis://127.0.0.1:1';\nawait start();`),
  /** Every `message` carries an offset that is one too high. */
  failsSmoke: () =>
    changed(['services/protocol/encode.js', '"offset":${offset},${body}', '"offset":${offset + 1},${body}']),
  /** It ends as soon as it is the active color. */
  failsAfterSwitch: () =>
    before(
      [
        'await start();',
        'setInterval(() => {',
        "  if (readlinkSync(process.env.SWITCHYARD_RUN_DIR + '/nginx/active') !== process.env.COLOR) return;",
        "  console.error('sabotage: this release breaks down under traffic');",
        '  process.exit(7);',
        '}, 10);',
      ].join('\n'),
    ),
  /** While it is active every twentieth publish fails. */
  failsPublishes: () =>
    changed([
      'services/gateway/endpoints/frames/publishing.js',
      'const publishing = ',
      `if (${ACTIVE} && (globalThis.publishes = (globalThis.publishes ?? 0) + 1) % 20 === 0) throw new Error('sabotage');
       const publishing = `,
    ]),
  /** Every twentieth publish fails as soon as there is a file `ill` in the run directory. */
  failsPublishesLater: () =>
    changed([
      'services/gateway/endpoints/frames/publishing.js',
      'const publishing = ',
      `if (process.getBuiltinModule('node:fs').existsSync(process.env.SWITCHYARD_RUN_DIR + '/ill') && (globalThis.publishes = (globalThis.publishes ?? 0) + 1) % 20 === 0) throw new Error('sabotage');
       const publishing = `,
    ]),
  /** While it is active its event loop stands still for 300 ms of each second. */
  stalls: () =>
    before(
      [
        'await start();',
        'setInterval(() => {',
        `  if (!(${ACTIVE})) return;`,
        '  for (const until = Date.now() + 300; Date.now() < until; );',
        '}, 1_000);',
      ].join('\n'),
    ),
  /** While it is active it knows no session. */
  dropsResumes: () =>
    changed([
      'services/gateway/broker/redis/redis-sessions.js',
      'async resume(ref, owner, subject) {',
      `async resume(ref, owner, subject) { if (${ACTIVE}) return undefined;`,
    ]),
  /** While it is active it takes every client for one without a token. */
  turnsAway: () =>
    changed([
      'services/gateway/endpoints/door.js',
      'if (!entry.ok)',
      `if (${ACTIVE} && entry.principal === ANONYMOUS) return this.#turnAway(socket, handshake, MISSING);
        if (!entry.ok)`,
    ]),
  /** While it is active each of its workers keeps one publication from its clients. */
  losesOne: () => changed(['services/gateway/hub/feed.js', FAN_OUT, `if (!(${ACTIVE} && ${NTH_DELIVERY})) ${FAN_OUT}`]),
  /** While it is active each of its workers sends one publication twice. */
  doublesOne: () =>
    changed(['services/gateway/hub/feed.js', FAN_OUT, `if (${ACTIVE} && ${NTH_DELIVERY}) ${FAN_OUT} ${FAN_OUT}`]),
  /** It tells nobody how it is, as releases from before there were figures. */
  givesNoFigures: () => changed(['services/gateway/wiring/serving.js', 'vitals: observation.vitals.read(),', '']),
  slowToStart: () => before(`await new Promise((resolve) => setTimeout(resolve, 60_000));\nawait start();`),
} as const;

/** Releases that are sound by themselves and do not go together with this one on one Redis. */
export const SKEWED = {
  /** It reads the publications of both layouts, and writes those that only it can read. */
  publications: () =>
    changed(
      [`${BROKER}/lua/publish.lua`, "call('PUBLISH', topic, offset", "call('PUBLISH', topic, 'v2:' .. offset"],
      [
        `${BROKER}/redis/payload.js`,
        'const afterOffset',
        "payload = payload.replace(/^v2:/, '');\n    const afterOffset",
      ],
    ),
  /** Its sessions have other keys. */
  sessions: () => changed([`${BROKER}/redis/keys.js`, '`sy:{s:${ref}}`', '`sy:{session:${ref}}`']),
  /** It looks for the ids that a session has used under new names, and writes both: the old release can go on, it can't. */
  ids: () =>
    changed(
      [`${BROKER}/lua/publish.lua`, "'HMGET', KEYS[i], 'i' ..", "'HMGET', KEYS[i], 'id:' .."],
      [`${BROKER}/lua/publish.lua`, 'field, entry)', "field, entry, 'id:' .. string.sub(field, 2), entry)"],
    ),
} as const;
