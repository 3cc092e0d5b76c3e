import { mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { messageOf } from '../../../failure.js';
import { signalIfAlive } from '../../../processes.js';
import type { OptionalPart } from '../../engine.js';
import { textOf } from '../log-files.js';
import { ownerOf, tryPort } from '../ports.js';
import { giveFolder, type RunUser } from '../run-user.js';
import type { ProgramInfo, Supervisor } from '../supervisor.js';
import { removePartTarget, writePartTarget } from '../targets.js';
import { portOf, userOfPart, type PartSpec, type Place } from './part.js';
import { renderPartProgram } from './part-program.js';
import { removeStale } from './remove-stale.js';
import { replaceFile } from './replace-file.js';
import { foundParts, PARTS, type FoundPart } from './table.js';
import { withinReach } from './within-reach.js';

const STOP_MARGIN_MS = 5_000;
const READY_MS = 500;

type Programs = Pick<Supervisor, 'programs' | 'add' | 'remove' | 'restart'>;

/** What watches the cluster, under its supervisord. Nothing here is needed by it: no failure is thrown, each is told. */
export class LocalParts {
  readonly #place: Place;
  readonly #supervisor: Programs;

  constructor(place: Place, supervisor: Programs) {
    this.#place = place;
    this.#supervisor = supervisor;
  }

  /**
   * Starts what can run here and does not, and gives those that run the files of this checkout. Does not wait until
   * they are ready. Returns what did not go well, in words.
   */
  async start(): Promise<readonly string[]> {
    if (this.#place.settings.OBSERVABILITY === 'off') return [];
    const troubles: string[] = [];
    const programs = await this.#programs();
    for (const found of foundParts(this.#place)) {
      try {
        await this.#bringUp(found, programs.get(found.part.name));
      } catch (error) {
        troubles.push(`${found.part.title} was not started: ${messageOf(error)}`);
      }
    }
    return troubles;
  }

  /** Stops them all at once. */
  async stop(): Promise<void> {
    const programs = await this.#programs();
    const running = PARTS.filter(({ name }) => programs.has(name));
    await Promise.allSettled(
      running.map(({ name, stopSeconds }) => this.#supervisor.remove(name, stopSeconds * 1_000 + STOP_MARGIN_MS)),
    );
  }

  /** A supervisord that starts later begins without them. */
  forget(): void {
    for (const part of PARTS) {
      rmSync(this.#programFile(part), { force: true });
      removePartTarget(this.#place.layout, part);
    }
  }

  async states(): Promise<readonly OptionalPart[]> {
    if (this.#place.settings.OBSERVABILITY === 'off') return [];
    const programs = await this.#programs();
    const found = new Set(foundParts(this.#place).map(({ part }) => part));
    return Promise.all(
      PARTS.map(async (part) => ({
        name: part.name,
        title: part.title,
        url: `http://localhost:${portOf(part, this.#place.settings)}`,
        hasPage: part.hasPage,
        ...(await this.#state(part, programs.get(part.name), found.has(part))),
      })),
    );
  }

  async #programs(): Promise<ReadonlyMap<string, ProgramInfo>> {
    const programs = await this.#supervisor.programs();
    return new Map(programs.map((program) => [program.group, program]));
  }

  async #bringUp({ part, binary }: FoundPart, program: ProgramInfo | undefined): Promise<void> {
    if (program === undefined && (await this.#whyNoPort(part)) !== undefined) return;
    const { layout, settings } = this.#place;
    const user = userOfPart(part, this.#place);
    const isOther = this.#writeFiles(part, user);
    if (program === undefined) for (const folder of part.data?.(this.#place) ?? []) giveFolder(folder, user);
    mkdirSync(layout.parts, { recursive: true });
    const text = renderPartProgram(part, withinReach(binary, layout, user), this.#place);
    const isOtherProgram = replaceFile(this.#programFile(part), text, 0o600);
    writePartTarget(layout, settings, part);
    const patienceMs = part.stopSeconds * 1_000 + STOP_MARGIN_MS;
    if (program === undefined || isOtherProgram) {
      if (program !== undefined) await this.#supervisor.remove(part.name, patienceMs);
      await this.#supervisor.add(part.name);
    } else if (hasEnded(program) || (isOther && part.onChange === 'restart')) {
      await this.#supervisor.restart(part.name, patienceMs);
    } else if (isOther && part.onChange === 'SIGHUP' && program.pid !== 0) signalIfAlive(program.pid, 'SIGHUP');
  }

  /** Whether something of it was written anew. */
  #writeFiles(part: PartSpec, user: RunUser | undefined): boolean {
    const files = part.files(this.#place);
    const written = files.map(({ path, text }) => {
      mkdirSync(dirname(path), { recursive: true });
      return replaceFile(path, text, 0o600, user);
    });
    const removed = removeStale(part.folders?.(this.#place) ?? [], files);
    return written.includes(true) || removed > 0;
  }

  async #state(part: PartSpec, program: ProgramInfo | undefined, isFound: boolean): Promise<State> {
    if (program === undefined) {
      if (!isFound) return { state: 'absent', why: `not on this machine; ${part.remedy}` };
      const why = (await this.#whyNoPort(part)) ?? '"make dev-up" starts it';
      return { state: 'stopped', why: `not started; ${why}` };
    }
    if (hasEnded(program)) {
      const ended = program.spawnerr === '' ? `it exited with status ${program.exitstatus}` : program.spawnerr;
      const log = textOf(this.#logFile(part)).trimEnd().split('\n').at(-1) ?? '';
      return { state: 'ended', why: [ended, log.slice(0, 200)].filter(Boolean).join(': ') };
    }
    if (program.pid === 0 || !(await this.#isReady(part))) return { state: 'starting' };
    return { state: 'running', pid: program.pid };
  }

  async #isReady(part: PartSpec): Promise<boolean> {
    try {
      const url = `http://127.0.0.1:${portOf(part, this.#place.settings)}${part.ready}`;
      const response = await fetch(url, { signal: AbortSignal.timeout(READY_MS) });
      await response.body?.cancel();
      return response.ok;
    } catch {
      return false;
    }
  }

  /** Why a part can't have its port, and the ways out. */
  async #whyNoPort(part: PartSpec): Promise<string | undefined> {
    const port = portOf(part, this.#place.settings);
    const binding = await tryPort(port, '127.0.0.1');
    if (binding === 'free') return undefined;
    if (binding === 'forbidden') return `port ${port} needs privileges: set ${part.port} to one above 1023`;
    const owner = ownerOf(port);
    const who = owner === undefined ? 'another process' : `pid ${owner.pid} (${owner.command.slice(0, 60)})`;
    return `port ${port} is taken by ${who}: end it, or set ${part.port}`;
  }

  #programFile(part: PartSpec): string {
    return join(this.#place.layout.parts, `${part.name}.conf`);
  }

  #logFile(part: PartSpec): string {
    return join(this.#place.layout.logs, `${part.name}.log`);
  }
}

type State = Readonly<
  { state: 'running'; pid: number } | { state: 'starting' } | { state: 'absent' | 'stopped' | 'ended'; why: string }
>;

/** It is not started again by itself. */
const hasEnded = ({ statename }: ProgramInfo): boolean => ['FATAL', 'EXITED', 'STOPPED', 'UNKNOWN'].includes(statename);
