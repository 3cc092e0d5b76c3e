import { NODATA, NOTFOUND } from 'node:dns';
import { resolve4 } from 'node:dns/promises';
import { readTotals } from '../deploy-totals.js';
import { COLORS, type Color } from '../engines/engine.js';
import { serviceOf } from '../engines/compose/files.js';
import { readTold, type ToldColors } from '../engines/compose/told-colors.js';
import { activeIn } from '../engines/local/nginx.js';
import type { Layout } from '../engines/local/layout.js';
import { messageOf } from '../failure.js';
import { RunDirectory } from '../run-directory.js';
import { deploySamples } from './deploy-samples.js';
import type { Looking, Sample } from './metrics.js';

/** Addresses that a name stands for. @throws Error with a code of DNS */
export type Resolve = (name: string) => Promise<readonly string[]>;

export type ContainerLookOptions = Readonly<{
  layout: Pick<Layout, 'runDir' | 'nginx'>;
  /** Names of services that run once each. */
  parts: readonly string[];
  resolve?: Resolve;
  warn: (words: string) => void;
}>;

/**
 * Looks at a stack of containers from one of them: the files that `configure` and the conductor have left, and who answers to the
 * name of a service, which is every container of it that runs (https://docs.docker.com/compose/how-tos/networking).
 */
export class ContainerLook implements Looking {
  readonly #options: ContainerLookOptions;
  readonly #run: RunDirectory;
  readonly #resolve: Resolve;

  constructor(options: ContainerLookOptions) {
    this.#options = options;
    this.#run = new RunDirectory(options.layout.runDir);
    this.#resolve = options.resolve ?? resolve4;
  }

  async samples(): Promise<readonly Sample[]> {
    const { layout, parts, warn } = this.#options;
    const { totals, trouble } = readTotals(this.#run);
    if (trouble !== undefined) warn(trouble);
    const active = activeIn(layout);
    const told = readTold(this.#run, warn);
    const up = await Promise.all(parts.map(async (part) => [part, await this.#running(part)] as const));
    return [
      // The process of a conductor is none of a container's: what it has not ended is at work.
      ...deploySamples(totals, totals.running !== undefined),
      ...COLORS.map((color): Sample => ({ name: 'active_color', labels: { color }, value: color === active ? 1 : 0 })),
      ...(await Promise.all(COLORS.map((color) => this.#ofColor(color, told)))).flat(),
      ...up.flatMap(([part, running]): readonly Sample[] =>
        running === undefined ? [] : [{ name: 'part_up', labels: { part }, value: Math.min(1, running) }],
      ),
    ];
  }

  async #ofColor(color: Color, told: ToldColors): Promise<readonly Sample[]> {
    const running = await this.#running(serviceOf(color));
    const { release, workers: wanted = 0 } = told[color] ?? {};
    return [
      ...(running === undefined ? [] : workersBy(color, { running, failed: Math.max(0, wanted - running) })),
      { name: 'workers_wanted', labels: { color }, value: wanted },
      ...(release === undefined ? [] : [{ name: 'release_info' as const, labels: { color, release }, value: 1 }]),
    ];
  }

  /** How many containers of a service run; undefined where that can't be seen. */
  async #running(service: string): Promise<number | undefined> {
    try {
      return (await this.#resolve(service)).length;
    } catch (error) {
      if (isNobody(error)) return 0;
      this.#options.warn(`${service} can't be looked up: ${messageOf(error)}`);
      return undefined;
    }
  }
}

/** What DNS says of a name that no container has. */
const NOBODY: ReadonlySet<unknown> = new Set([NOTFOUND, NODATA]);
const isNobody = (error: unknown): boolean => error instanceof Error && 'code' in error && NOBODY.has(error.code);

const workersBy = (color: Color, { running, failed }: Readonly<{ running: number; failed: number }>) =>
  Object.entries({ running, starting: 0, stopped: 0, failed }).map(([state, value]): Sample => ({
    name: 'workers',
    labels: { color, state },
    value,
  }));
