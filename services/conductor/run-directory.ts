import { randomBytes } from 'node:crypto';
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { Failure, messageOf } from './failure.js';
import { COLORS, type Color } from './engines/engine.js';
import { isAlive } from './processes.js';
import { MOST_SCRAPE_INTERVAL, StackSettings } from './settings.js';

/** A deploy that came to its end. */
const Deploy = z.object({
  at: z.string(),
  reason: z.enum(['up', 'deploy', 'rollback']),
  color: z.enum(COLORS),
  release: z.string(),
  /** Names of the worker settings that it changed. */
  settings: z.array(z.string()).optional(),
});
const Deploys = z.object({
  /** The release each color runs, or ran last. */
  releases: z.object({ blue: z.string().optional(), green: z.string().optional() }),
  history: z.array(Deploy),
});
export type Deploys = Readonly<z.infer<typeof Deploys>>;
export type Deploy = z.infer<typeof Deploy>;

/** An older conductor took a longer interval than is allowed now: its stack is one all the same. */
const RememberedStack = StackSettings.extend({
  SCRAPE_INTERVAL: StackSettings.shape.SCRAPE_INTERVAL.catch(MOST_SCRAPE_INTERVAL),
});
const Remembered = z.object({ stack: RememberedStack, worker_environment: z.record(z.string(), z.string()) });
export type Remembered = Readonly<z.infer<typeof Remembered>>;

const HISTORY = 50;
const LEDGERS = 'ledger';
/** In the name of a ledger: of a deploy, or of a proof. */
const LEDGER_TIME = /(?<=^(?:prove-)?)\d{8}T\d{6}Z(?=-.*\.json$)/;
/** By the process that was writing it. */
const HALF_WRITTEN = /\.(\d+)\.new$/;
/** The folder of what the exporter is told; it holds no secret. */
export const TOLD = 'told';
const DEPLOYS = 'deploys.json';
/** Its name in stacks that an older conductor brought up: a rollback must find its way back there too. */
const DEPLOYS_BEFORE = 'ledger.json';

/** What a stack keeps between two verbs: everything in one directory, every file replaced by a rename. */
export class RunDirectory {
  constructor(readonly path: string) {}

  /** @throws {Failure} when it can't be made or written to */
  make(): void {
    if (/["'%$`\\;{}\n]/.test(this.path)) {
      throw new Failure(`RUN_DIR=${this.path}: quotes, %, $, \`, \\, ; and braces can't stand in it`, { exitCode: 2 });
    }
    try {
      makeFolder(this.path);
      accessSync(this.path, constants.W_OK);
    } catch (error) {
      throw new Failure(`RUN_DIR=${this.path} can't be used: ${messageOf(error)}`, { exitCode: 2, cause: error });
    }
  }

  exists(): boolean {
    return existsSync(this.path);
  }

  file(...parts: readonly string[]): string {
    return join(this.path, ...parts);
  }

  write(name: string, text: string, mode = 0o644): void {
    const target = this.file(name);
    makeFolder(dirname(target));
    const fresh = `${target}.${process.pid}.new`;
    try {
      writeFileSync(fresh, text, { mode });
      renameSync(fresh, target);
    } catch (error) {
      rmSync(fresh, { force: true });
      throw error;
    }
  }

  /** Removes files that a process which is gone had half written. */
  sweep(): void {
    for (const folder of [this.path, this.file(LEDGERS)]) {
      for (const name of namesIn(folder)) {
        const pid = HALF_WRITTEN.exec(name)?.[1];
        if (pid !== undefined && !isAlive(Number(pid))) rmSync(join(folder, name), { force: true });
      }
    }
  }

  /** Removes all but the newest `keep` ledgers. */
  pruneLedgers(keep: number): void {
    const times = namesIn(this.file(LEDGERS)).flatMap((name) => {
      const time = LEDGER_TIME.exec(name)?.[0];
      return time === undefined ? [] : [{ name, time }];
    });
    times.sort((a, b) => b.time.localeCompare(a.time));
    for (const { name } of times.slice(keep)) rmSync(this.file(LEDGERS, name), { force: true });
  }

  remembered(): Remembered | undefined {
    return this.#read('settings.json', Remembered);
  }

  remember(settings: Remembered): void {
    this.write('settings.json', `${JSON.stringify(settings, null, 2)}\n`, 0o600);
  }

  deploys(): Deploys {
    return this.#read(DEPLOYS, Deploys) ?? this.#read(DEPLOYS_BEFORE, Deploys) ?? { releases: {}, history: [] };
  }

  record(entry: Deploy): void {
    const { releases, history } = this.deploys();
    const deploys: Deploys = {
      releases: { ...releases, [entry.color]: entry.release },
      history: [...history, entry].slice(-HISTORY),
    };
    this.write(DEPLOYS, `${JSON.stringify(deploys, null, 2)}\n`);
  }

  /** The release that became active last. */
  lastActive(): string | undefined {
    return this.deploys().history.at(-1)?.release;
  }

  releaseOf(color: Color): string | undefined {
    return this.deploys().releases[color];
  }

  /** What was active before `release`, whichever color that was: where a rollback goes. */
  releaseBefore(release: string): string | undefined {
    return this.deploys().history.findLast((entry) => entry.release !== release)?.release;
  }

  /** The bearer token of the workers' control routes, made once per run directory. */
  controlToken(): string {
    try {
      return readFileSync(this.file('control.token'), 'utf8').trim();
    } catch {
      const token = randomBytes(32).toString('hex');
      this.write('control.token', `${token}\n`, 0o600);
      return token;
    }
  }

  /** A file that is not there, or that another version wrote, counts as absent. */
  #read<T>(name: string, schema: z.ZodType<T>): T | undefined {
    try {
      const result = schema.safeParse(JSON.parse(readFileSync(this.file(name), 'utf8')));
      return result.success ? result.data : undefined;
    } catch {
      return undefined;
    }
  }
}

const namesIn = (folder: string): readonly string[] => (existsSync(folder) ? readdirSync(folder) : []);

/** mkdir -p, level by level: Node's own never ends where a file system takes no folders (`/proc`). */
const makeFolder = (path: string): void => {
  if (existsSync(path)) return;
  if (dirname(path) !== path) makeFolder(dirname(path));
  mkdirSync(path);
};
