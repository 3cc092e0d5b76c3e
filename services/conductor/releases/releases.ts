import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { MODULE_SETTINGS, type ModuleSetting } from '../../application/modules.js';
import type { Release, Releases } from '../engines/engine.js';
import { Failure } from '../failure.js';
import { Copying } from './copying.js';
import { isRun, neededOfPackage, productionPackages } from './packages.js';

const ReleaseFile = z.object({ id: z.string(), git: z.string(), built_at: z.string() });
/** What workers run of the application, by setting: what is named where a release is built, and then where that stands in it. */
export type Modules = Readonly<Partial<Record<ModuleSetting, string>>>;

/** In a release: modules of the application, built. */
const MODULES = { HANDLERS: 'handlers', TASKS: 'tasks' } as const satisfies Modules;
const UNFINISHED = '.new';

/** What a worker runs of a build; the conductor and the tests stay in the checkout. */
const SERVICES = [
  'protocol',
  'application',
  'histogram',
  'loki',
  'settings',
  'task-queue',
  'tasks',
  'gateway',
  'dashboard',
];
/** What tasks there are where nobody says otherwise. */
const EXAMPLES = 'examples/tasks';

/** Releases as directories: each with everything that a worker loads, whatever becomes of where it was built. */
export class DirectoryReleases implements Releases {
  readonly #folder: string;
  readonly #checkout: string;
  readonly #modules: Modules;
  readonly #suffix: string;

  /**
   * @param modules modules and folders of them, separated by commas
   * @param suffix ends each id, where they have to differ from those of other stacks
   */
  constructor(folder: string, checkout: string, modules: Modules = {}, suffix = '') {
    this.#folder = folder;
    this.#checkout = checkout;
    this.#modules = modules;
    this.#suffix = suffix;
  }

  build(source: string): Promise<Release> {
    if (!existsSync(join(source, 'services/gateway/main.js'))) {
      throw new Failure(`${source} holds no build (services/gateway/main.js): run "npm run build"`);
    }
    mkdirSync(this.#folder, { recursive: true });
    const release = this.#name();
    const fresh = join(this.#folder, `.${release.id}${UNFINISHED}`);
    rmSync(fresh, { recursive: true, force: true });
    try {
      const copying = new Copying(fresh, this.#latest());
      for (const service of SERVICES) {
        const from = join(source, 'services', service);
        if (existsSync(from)) copying.copy(from, join('dist/services', service), isRun);
      }
      for (const setting of MODULE_SETTINGS) this.#buildModules(setting, fresh, source);
      const examples = join(source, EXAMPLES);
      if (existsSync(examples)) copying.copy(examples, join('dist', EXAMPLES), isRun);
      for (const path of productionPackages(this.#checkout)) {
        const from = join(this.#checkout, path);
        copying.copy(from, path, neededOfPackage(from));
      }
      copying.copy(join(this.#checkout, 'package.json'), 'package.json');
      writeFileSync(join(fresh, 'release.json'), `${JSON.stringify(release, null, 2)}\n`);
      // Another user may run it, however closed the checkout is.
      execFileSync('chmod', ['-R', 'a+rX', fresh]);
      renameSync(fresh, join(this.#folder, release.id));
    } catch (error) {
      rmSync(fresh, { recursive: true, force: true });
      throw error;
    }
    return Promise.resolve(release);
  }

  find(id: string): Promise<Release | undefined> {
    try {
      const text = readFileSync(join(this.#folder, id, 'release.json'), 'utf8');
      return Promise.resolve(ReleaseFile.parse(JSON.parse(text)));
    } catch {
      return Promise.resolve(undefined);
    }
  }

  buildOf(id: string): string {
    return join(this.#folder, id, 'dist');
  }

  discard(id: string): Promise<void> {
    rmSync(join(this.#folder, id), { recursive: true, force: true });
    return Promise.resolve();
  }

  async prune(keep: number, inUse: ReadonlySet<string>): Promise<readonly string[]> {
    const ids = this.#ids();
    const surplus = ids.slice(0, Math.max(0, ids.length - keep)).filter((id) => !inUse.has(id));
    for (const id of surplus) await this.discard(id);
    return surplus;
  }

  /** From the oldest to the newest: they begin with the time of the build. */
  #ids(): readonly string[] {
    return readdirSync(this.#folder)
      .filter((name) => !name.startsWith('.'))
      .sort();
  }

  #latest(): string | undefined {
    const id = this.#ids().at(-1);
    return id === undefined ? undefined : join(this.#folder, id);
  }

  #name(): Release {
    const now = new Date();
    const git = this.#gitRevision();
    const stamp = now.toISOString().replaceAll(/[-:]|\.\d+/g, '');
    for (let count = 1; ; count += 1) {
      const id = `${stamp}${count === 1 ? '' : `.${count}`}-${git}${this.#suffix}`;
      if (!existsSync(join(this.#folder, id))) return { id, git, built_at: now.toISOString() };
    }
  }

  #gitRevision(): string {
    try {
      const output = execFileSync('git', ['rev-parse', '--short', 'HEAD'], {
        cwd: this.#checkout,
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      return `${output.toString('utf8').trim()}${this.#hasChanges() ? '-dirty' : ''}`;
    } catch {
      return 'nogit';
    }
  }

  /** Whether the checkout holds what its revision does not. */
  #hasChanges(): boolean {
    const status = execFileSync('git', ['status', '--porcelain'], {
      cwd: this.#checkout,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return status.length > 0;
  }

  /** @throws {Failure} where they can't be built, or a worker of this build would not take them */
  #buildModules(setting: ModuleSetting, release: string, source: string): void {
    const paths = this.#modules[setting];
    if (paths === undefined) return;
    const script = join(this.#checkout, 'scripts/build-modules.mjs');
    const words = [script, setting, join(release, MODULES[setting]), paths, source];
    const { status, stderr } = spawnSync(process.execPath, words, {
      encoding: 'utf8',
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    if (status !== 0) throw new Failure(stderr.trim());
  }
}

/** The modules that a release was built with, wherever they came from; empty: none. For its workers. */
export const modulesOf = (release: string): Required<Modules> => {
  const builtFor = (setting: ModuleSetting): string => {
    const folder = join(release, MODULES[setting]);
    return existsSync(folder) ? folder : '';
  };
  return { HANDLERS: builtFor('HANDLERS'), TASKS: builtFor('TASKS') };
};

/** Removes what a conductor that was killed had half copied. Nobody else may be at work on these releases. */
export const sweepReleases = (folder: string): void => {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder).filter((each) => each.startsWith('.') && each.endsWith(UNFINISHED))) {
    rmSync(join(folder, name), { recursive: true, force: true });
  }
};
