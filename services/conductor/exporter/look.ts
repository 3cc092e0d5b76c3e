import { join } from 'node:path';
import { isDeployRunning, readTotals } from '../deploy-totals.js';
import { COLORS } from '../engines/engine.js';
import { releaseIn } from '../engines/local/color-programs.js';
import type { Layout } from '../engines/local/layout.js';
import { textOf } from '../engines/local/log-files.js';
import { activeIn } from '../engines/local/nginx.js';
import type { ProgramInfo, Supervisor } from '../engines/local/supervisor.js';
import { messageOf } from '../failure.js';
import { retiringGenerations } from '../processes.js';
import { RunDirectory } from '../run-directory.js';
import { certificateSamples } from './certificate.js';
import { colorSamples, programSamples } from './color-samples.js';
import { deploySamples } from './deploy-samples.js';
import type { Looking, Sample } from './metrics.js';
import { ProcessUse } from './process-use.js';

export type LookOptions = Readonly<{
  layout: Layout;
  supervisor: Pick<Supervisor, 'programs'>;
  /** Empty: none is watched. */
  certificate: string;
  warn: (words: string) => void;
}>;

/** A scrape waits for supervisord no longer than this. */
const PATIENCE_MS = 800;

/** Looks at a stack of this machine from outside: its files, its processes, its supervisord. What can't be seen is told and left out. */
export class Look implements Looking {
  readonly #options: LookOptions;
  readonly #run: RunDirectory;
  readonly #use = new ProcessUse();

  constructor(options: LookOptions) {
    this.#options = options;
    this.#run = new RunDirectory(options.layout.runDir);
  }

  async samples(): Promise<readonly Sample[]> {
    const { layout, warn, certificate } = this.#options;
    const { totals, trouble } = readTotals(this.#run);
    if (trouble !== undefined) warn(trouble);
    return [
      ...deploySamples(totals, isDeployRunning(totals)),
      ...colorSamples({ active: activeIn(layout), releases: this.#releases(), workers: this.#workers() }),
      { name: 'nginx_old_generations', value: retiringGenerations(layout.runDir).length },
      ...certificateSamples(certificate, warn),
      ...(await this.#ofPrograms()),
    ];
  }

  async #ofPrograms(): Promise<readonly Sample[]> {
    const programs = await this.#programs();
    if (programs === undefined) return [];
    const running = programs.filter(({ pid }) => pid !== 0).map(({ name, pid }) => [name, pid] as const);
    return [...programSamples(programs), ...this.#use.samples(new Map(running))];
  }

  async #programs(): Promise<readonly ProgramInfo[] | undefined> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`no answer within ${PATIENCE_MS} ms`)), PATIENCE_MS);
    });
    try {
      return await Promise.race([this.#options.supervisor.programs(), late]);
    } catch (error) {
      this.#options.warn(`supervisord can't be asked: ${messageOf(error)}`);
      return undefined;
    } finally {
      clearTimeout(timer);
    }
  }

  #releases(): Readonly<Record<string, string>> {
    return Object.fromEntries(
      COLORS.flatMap((color) => {
        const release = releaseIn(textOf(join(this.#options.layout.colors, `${color}.conf`)));
        return release === undefined ? [] : [[color, release]];
      }),
    );
  }

  #workers(): number {
    const remembered = this.#run.remembered();
    if (remembered === undefined) this.#options.warn(`${this.#run.file('settings.json')} can't be read`);
    return remembered?.stack.WORKERS ?? 0;
  }
}
