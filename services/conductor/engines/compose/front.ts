import { join } from 'node:path';
import { Failure, messageOf } from '../../failure.js';
import { generationsOf, isRetiring, takesConnections } from '../../processes.js';
import { COLORS, type Color } from '../engine.js';
import { FRONT, RUN_DIR } from './files.js';
import type { Project } from './project.js';

const OWN = join(RUN_DIR, 'nginx');

/** A process of nginx. `age`: whole seconds. */
type FrontProcess = Readonly<{ age: number; title: string }>;

/** nginx in its container: what the containers' `configure` has written there, and the link `active` beside it. */
export class ComposeFront {
  readonly #project: Project;

  constructor(project: Project) {
    this.#project = project;
  }

  async runs(): Promise<boolean> {
    return (await this.#project.of(FRONT)).some(({ state }) => state === 'running');
  }

  /** What nginx itself reads; undefined where it does not run. @throws {Failure} */
  async active(): Promise<Color | undefined> {
    if (!(await this.runs())) return undefined;
    const target = await this.#project.exec(FRONT, 'readlink', join(OWN, 'active'));
    return COLORS.find((color) => color === target);
  }

  /** Before anything changes: whether nginx takes the configuration of `color`. @throws {Failure} with its own words */
  async check(color: Color): Promise<void> {
    if (!(await this.runs())) throw new Failure('nginx does not run: "make dev-up" starts it');
    try {
      await this.#project.exec(FRONT, 'nginx', '-t', '-q', '-e', 'stderr', '-c', join(OWN, `check-${color}.conf`));
    } catch (error) {
      throw new Failure(`nginx refuses the configuration of ${color}:\n${messageOf(error)}`, { cause: error });
    }
  }

  /** By a rename, as `pointFront` does it: whoever reads the link finds the old or the new one, never none. */
  async point(color: Color): Promise<void> {
    const fresh = join(OWN, 'active.new');
    await this.#project.exec(FRONT, 'ln', '-sfn', color, fresh);
    await this.#project.exec(FRONT, 'mv', '-T', fresh, join(OWN, 'active'));
  }

  async reload(): Promise<void> {
    const { id } = await this.#project.running(FRONT);
    await this.#project.docker.run(['kill', '--signal', 'HUP', id]);
  }

  async retiring(): Promise<number> {
    const processes = await this.#processes();
    return generationsOf(
      processes.filter(({ title }) => isRetiring(title)),
      ({ age }) => age,
    ).length;
  }

  /** Processes that take new connections. */
  async taking(): Promise<number> {
    return (await this.#processes()).filter(({ title }) => takesConnections(title)).length;
  }

  /** None where it does not run. */
  async #processes(): Promise<readonly FrontProcess[]> {
    if (!(await this.runs())) return [];
    const { id } = await this.#project.running(FRONT);
    return frontProcessesIn(await this.#project.docker.run(['top', id, '-eo', 'pid,etimes,args']));
  }
}

/** @param text what `docker top` printed of the columns pid, etimes and args */
export const frontProcessesIn = (text: string): readonly FrontProcess[] =>
  text.split('\n').flatMap((line) => {
    const [, age, title = ''] = /^\s*\d+\s+(\d+)\s+(nginx: .*?)\s*$/.exec(line) ?? [];
    return age === undefined ? [] : [{ age: Number(age), title }];
  });
