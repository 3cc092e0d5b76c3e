import { createHash } from 'node:crypto';
import { Failure } from '../../failure.js';
import { containersIn, type Container } from './container.js';
import type { Docker } from './docker.js';

/** Containers come and go while they are looked at. */
const LOOKS = 5;

/** `up` of services that are named: what they depend on stays as it is, and every image is there. */
export const ONLY_THESE = ['--detach', '--no-deps', '--no-build'] as const;

/** Two stacks on one machine have run directories of their own, and so other names. */
export const projectOf = (runDir: string): string => `switchyard-${stackOf(runDir)}`;

/** What tells the stack of a run directory from others of this machine. */
export const stackOf = (runDir: string): string => createHash('sha256').update(runDir).digest('hex').slice(0, 8);

/** A project of compose: the containers of one stack. */
export class Project {
  readonly docker: Docker;
  readonly name: string;
  #looking: Promise<readonly Container[]> | undefined;

  constructor(docker: Docker, name: string) {
    this.docker = docker;
    this.name = name;
  }

  /** `docker compose …` with these settings, and no other: a `.env` is of a stack that is run by hand. @throws {Failure} */
  compose(words: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<string> {
    const all = ['compose', '--project-name', this.name, '--env-file', '/dev/null', ...words];
    return this.#change(all, environment);
  }

  /** Every container, whether it runs or not. Who asks while somebody looks gets the same. @throws {Failure} */
  containers(): Promise<readonly Container[]> {
    if (this.#looking !== undefined) return this.#looking;
    const looking = this.#look().finally(() => {
      if (this.#looking === looking) this.#looking = undefined;
    });
    this.#looking = looking;
    return looking;
  }

  async of(...services: readonly string[]): Promise<readonly Container[]> {
    return (await this.containers()).filter(({ service }) => services.includes(service));
  }

  /** The one of a service that runs. @throws {Failure} */
  async running(service: string): Promise<Container> {
    const found = (await this.of(service)).find(({ state }) => state === 'running');
    if (found === undefined) throw new Failure(`the container of ${service} does not run`);
    return found;
  }

  /** Runs a command in the container of a service. @throws {Failure} */
  async exec(service: string, ...command: readonly string[]): Promise<string> {
    const { id } = await this.running(service);
    return this.docker.run(['exec', id, ...command]);
  }

  /** Stops containers, each in its own time, and removes them. Returns those that had to be killed. @throws {Failure} */
  async end(...services: readonly string[]): Promise<readonly string[]> {
    const found = await this.of(...services);
    if (found.length === 0) return [];
    await this.#change(['stop', ...found.map(({ id }) => id)]);
    const ended = await this.of(...services);
    await this.#change(['rm', '--force', ...found.map(({ id }) => id)]);
    return ended
      .filter(({ exitCode }) => exitCode === KILLED)
      .map(({ service, id }) => `${service} ${id.slice(0, 12)}`);
  }

  /** Who looks from then on does not get what was seen before. */
  async #change(words: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<string> {
    try {
      return await this.docker.run(words, { environment });
    } finally {
      this.#looking = undefined;
    }
  }

  async #look(): Promise<readonly Container[]> {
    const filter = `label=com.docker.compose.project=${this.name}`;
    for (let look = 1; ; look += 1) {
      const ids = await this.docker.run(['ps', '--all', '--quiet', '--no-trunc', '--filter', filter]);
      if (ids === '') return [];
      try {
        const text = await this.docker.run(['inspect', '--type', 'container', ...ids.split('\n')]);
        return containersIn(text).toSorted((a, b) => a.id.localeCompare(b.id));
      } catch (error) {
        if (look === LOOKS) throw error;
      }
    }
  }
}

/** The exit code of what was ended by SIGKILL. */
const KILLED = 137;
