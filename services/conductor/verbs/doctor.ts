import { existsSync, readFileSync } from 'node:fs';
import type { Config } from '../config.js';
import type { StackSettings } from '../settings.js';
import { MODULE_SETTINGS, pathsIn } from '../../application/modules.js';
import { layoutOf } from '../engines/local/layout.js';
import { standingLimits } from '../engines/local/limits.js';
import { findBinary, type PartSpec } from '../engines/local/parts/part.js';
import { PARTS } from '../engines/local/parts/table.js';
import { findTool, searchPath } from '../engines/local/tools.js';
import { Failure } from '../failure.js';
import { readBuildSettings } from '../preflight/build-settings.js';
import { certificateOf, settingsEnvironment } from '../preflight/gather.js';
import { judge } from '../preflight/preflight.js';
import { whoMayConnect, whyNobodyMay, whyPasswordIsRefused } from './who-may-connect.js';

type Need = Readonly<{ tool: string; apt: string; brew: string; why: string; optional?: boolean }>;
type Package = Readonly<{ apt: string; brew: string }>;

const NEEDS: readonly Need[] = [
  { tool: 'redis-server', apt: 'redis-server', brew: 'redis', why: 'the log and the sessions' },
  { tool: 'nginx', apt: 'nginx', brew: 'nginx', why: 'the front' },
  { tool: 'supervisord', apt: 'supervisor', brew: 'supervisor', why: 'runs everything' },
  { tool: 'ps', apt: 'procps', brew: '', why: 'to look at processes by hand', optional: true },
  { tool: 'chromium', apt: 'chromium', brew: '--cask chromium', why: 'browser tests', optional: true },
];
/** Where the files stand. */
const COLUMN = 15;
const LEAST_NODE = 20;
/** uWebSockets.js carries glibc binaries only. */
const LEAST_GLIBC = [2, 27] as const;

/**
 * What was looked at before. `running`: the settings of the stack that runs; it keeps them, whatever stands in the environment.
 * `whyLocal`: why a stack would not be in containers here.
 */
type Seen = Readonly<{ running: StackSettings | undefined; whyLocal: string | undefined }>;

type Check = Readonly<{ ok: boolean; words: string }>;

/**
 * Says what is missing and what installs it, and whether these settings go together. Returns the exit code: 1 when the
 * stack can't run here.
 */
export const doctor = (config: Config, { running, whyLocal }: Seen, print: (line: string) => void): number => {
  const found = NEEDS.map((need) => ({ need, file: findTool(need.tool, searchPath(config.path)) }));
  const checks = [
    nodeCheck(),
    libraryCheck(),
    settingsCheck(config),
    doorCheck(config),
    engineCheck(config, whyLocal),
    ...modulesChecks(config, running),
  ];
  for (const { ok, words } of checks) print(`${ok ? '✓' : '✗'} ${words}`);
  for (const line of config.unknown) print(`– ${'unknown'.padEnd(COLUMN)} ${line}`);
  for (const { need, file } of found) {
    const mark = file === undefined ? (need.optional === true ? '–' : '✗') : '✓';
    print(
      `${mark} ${need.tool.padEnd(COLUMN)} ${file ?? `missing (${need.why}${need.optional === true ? ', optional' : ''})`}`,
    );
  }
  const watching = watchingOf(config);
  for (const { part, binary } of watching) {
    const words = binary ?? `missing (${part.does}, optional): ${part.remedy}`;
    print(`${binary === undefined ? '–' : '✓'} ${part.name.padEnd(COLUMN)} ${words}`);
  }
  const missing = found.filter(({ file }) => file === undefined).map(({ need }) => need);
  const packages = [
    ...missing,
    ...watching.filter(({ binary }) => binary === undefined).map(({ part }) => packageOf(part)),
  ];
  const command = installCommand(packages);
  if (command !== undefined) print(`\nInstall what is missing:\n  ${command}`);
  const isLocal = whyLocal !== undefined;
  const fatal = (isLocal && missing.some((need) => need.optional !== true)) || checks.some(({ ok }) => !ok);
  print(fatal ? '' : '\nThis machine can run the stack.');
  return fatal ? 1 : 0;
};

/** What would run the stack; containers need nothing else of this machine, but images. */
const engineCheck = ({ stack }: Config, whyLocal: string | undefined): Check => {
  if (whyLocal === undefined)
    return { ok: true, words: 'engine          compose, where every image can be had: Docker answers' };
  const wasAsked = stack.ENGINE === 'compose';
  return { ok: !wasAsked, words: `engine          ${wasAsked ? `ENGINE=compose: ${whyLocal}` : `local: ${whyLocal}`}` };
};

/** What watches the cluster, whether it is here or not. */
const watchingOf = ({ path, cache, build }: Config) =>
  PARTS.map((part) => ({ part, binary: findBinary(part, { path: searchPath(path), cache, build }) }));

const packageOf = ({ apt = '', brew = '' }: PartSpec): Package => ({ apt, brew });

/** Undefined where no package manager has any of them. */
const installCommand = (missing: readonly Package[]): string | undefined => {
  const isMac = process.platform === 'darwin';
  const names = missing.map(({ apt, brew }) => (isMac ? brew : apt)).filter((name) => name !== '');
  if (names.length === 0) return undefined;
  if (isMac) return `brew install ${names.join(' ')}`;
  const root = process.getuid?.() === 0 ? '' : 'sudo ';
  return `${root}apt-get install -y --no-install-recommends ${names.join(' ')}`;
};

/** What a preflight of `up` would say. */
const settingsCheck = ({ checkout, build: dist, runDir, stack, verb, workerEnvironment }: Config): Check => {
  try {
    const environment = settingsEnvironment({ stack, worker_environment: { ...workerEnvironment } });
    const build = readBuildSettings(dist, environment);
    const limits = standingLimits(layoutOf(checkout, runDir), stack);
    judge({
      build,
      limits,
      workers: stack.WORKERS,
      connections: 0,
      moveRate: verb.DRAIN_RATE,
      moveTimeout: verb.DRAIN_TIMEOUT,
      busiest: undefined,
      certificate: certificateOf(stack),
      keys: undefined,
      ended: [],
      isRollback: false,
    });
    return { ok: true, words: `settings        ${build === undefined ? 'not judged: nothing is built yet' : 'agree'}` };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { ok: false, words: `settings        ${error.message.replaceAll('\n', '\n                  ')}` };
  }
};

/** Who could connect to the stack. */
const doorCheck = ({ stack, workerEnvironment }: Config): Check => {
  const door = { stack, worker_environment: workerEnvironment };
  const trouble = whyNobodyMay(door) ?? whyPasswordIsRefused(door);
  return { ok: trouble === undefined, words: `mode            ${trouble ?? whoMayConnect(door)}` };
};

/** What the application brings; whether its modules are good, `up` and `promote` say, which build them. */
const modulesChecks = ({ stack, workerEnvironment }: Config, running: StackSettings | undefined): readonly Check[] => {
  const before = { HANDLERS: '', TASKS: `${taskWorkersWords(stack.TASK_WORKERS, running?.TASK_WORKERS)}, ` };
  const byDefault = { HANDLERS: 'none', TASKS: 'the examples' };
  return MODULE_SETTINGS.map((setting) => {
    const paths = pathsIn(workerEnvironment[setting] ?? '');
    const lost = paths.find((path) => !existsSync(path));
    const words =
      lost === undefined
        ? before[setting] + (paths.join(', ') || byDefault[setting])
        : `${setting}=${lost}: there is no such file or folder`;
    return { ok: lost === undefined, words: `${setting.toLowerCase().padEnd(COLUMN)} ${words}` };
  });
};

const nodeCheck = (): Check => {
  const ok = Number(process.versions.node.split('.')[0]) >= LEAST_NODE;
  return { ok, words: `node            ${process.versions.node}${ok ? '' : ` (${LEAST_NODE} or newer is needed)`}` };
};

const libraryCheck = (): Check => {
  if (process.platform !== 'linux') return { ok: true, words: `system          ${process.platform} ${process.arch}` };
  const report = JSON.stringify(process.report.getReport());
  const glibc = /"glibcVersionRuntime":"(\d+)\.(\d+)"/.exec(report);
  if (glibc === null) return { ok: false, words: `no glibc here: uWebSockets.js has no musl build (${osName()})` };
  const [, major, minor] = glibc.map(Number);
  const ok = Number(major) > LEAST_GLIBC[0] || Number(minor) >= LEAST_GLIBC[1];
  return {
    ok,
    words: `glibc           ${major}.${minor}${ok ? '' : ` (${LEAST_GLIBC.join('.')} or newer is needed)`}`,
  };
};

const osName = (): string => {
  try {
    return /^PRETTY_NAME="?([^"\n]*)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? 'Linux';
  } catch {
    return 'Linux';
  }
};

/** @param running of the stack that runs */
export const taskWorkersWords = (count: number, running: number | undefined): string => {
  const words = count === 0 ? 'no task workers' : `task workers of a color: ${count}`;
  return running === undefined || running === count ? words : `${words} (the stack that runs has ${running})`;
};
