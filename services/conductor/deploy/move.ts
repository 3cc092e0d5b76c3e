import type { Color, WorkerProcess } from '../engines/engine.js';
import { Failure, messageOf } from '../failure.js';
import type { Report } from '../report.js';
import { clientOf, runningWorkers, type Site } from '../site.js';
import { until } from '../waiting.js';
import type { WorkerStatus } from '../worker-client.js';
import type { Bearing } from '../vitals/judge.js';
import { Pacemaker } from './pace.js';
import type { Reason } from './plan.js';

export type Moved = Readonly<{
  /** Clients; what the stack itself has connected is not of them. */
  moved: number;
  /** Clients that were to move, those that did included. */
  total: number;
  /** Everything that is still connected, what the stack itself has too. */
  left: number;
  /** Why the target could take nobody for most of the time, in words; undefined: it could. */
  refusedFor: string | undefined;
}>;
export type MoveProgress = Readonly<{
  moved: number;
  total: number;
  /** Connections moved in the last second. */
  perSecond: number;
  /** Why nobody is told to move at the moment, in words. */
  paused: string | undefined;
  /** For a second nobody has moved, and nothing was paused: those who are left know it, and wait for their deadline. */
  waiting: boolean;
}>;
export type MoveOptions = Readonly<{
  reason: Reason;
  /** Connections a second at most, over all workers. */
  rate: number;
  timeoutMs: number;
  /** Where the connections go: when it stops answering, the move is given up. */
  target: Color;
  /** Asked at each look: how the colors bear it. Throws when the move must end. */
  look: () => Promise<Bearing>;
  signal?: AbortSignal;
  onProgress?: (progress: MoveProgress) => void;
}>;

const LOOK_EVERY_MS = 200;
const STILL_MS = 1_000;
/** Longer than the time between two looks, also on a busy machine; a conductor that dies holds up the move no longer. */
const HOLD_MS = 2_000;
/** Looks in a row at which no worker of the target is ready. */
const TARGET_PATIENCE = 10;

/**
 * Asks every worker of `color` to move its connections, at a pace that pauses while the target is in trouble, and
 * watches until none is left. A worker that was restarted on the way is asked again. Time over is no failure: `left`
 * says how many stayed.
 * @throws {Failure} when no worker of the target has been ready for two seconds, or `look` throws
 */
export const moveConnections = async (site: Site, color: Color, options: MoveOptions): Promise<Moved> => {
  const seen = new Map<string, WorkerStatus>();
  const speed = new Speed();
  const pacemaker = new Pacemaker(options.rate);
  const trouble: string[] = [];
  let looks = 0;
  let blind = 0;
  const add = (number: (state: WorkerStatus) => number): number =>
    [...seen.values()].reduce((total, state) => total + number(state), 0);
  const sum = (): Moved => ({
    moved: add(({ drain }) => drain?.moved ?? 0),
    total: add(({ drain }) => drain?.total ?? 0),
    left: add(({ connections }) => connections),
    refusedFor: trouble.length > looks / 2 ? trouble.at(-1) : undefined,
  });
  await until(
    options.timeoutMs,
    async () => {
      const bearing = await options.look();
      const full = pacemaker.after(bearing, speed.perSecond);
      const paused = bearing.kind === 'trouble' ? bearing.why : undefined;
      looks += 1;
      if (paused !== undefined) trouble.push(paused);
      const workers = await runningWorkers(site, color);
      const { left: all } = sum();
      const holdMs = paused === undefined ? 0 : HOLD_MS;
      const order = async (worker: WorkerProcess): Promise<void> => {
        const share = all === 0 ? 1 / workers.length : (seen.get(worker.name)?.connections ?? 0) / all;
        const rate = Math.max(1, full * share);
        const state = await orderMove(site, worker, options.reason, { rate, holdMs });
        if (state !== undefined) seen.set(worker.name, state);
      };
      // At once: one that hangs holds up none of the others.
      await Promise.all(workers.map(order));
      const { moved, total, left } = sum();
      speed.note(moved, paused !== undefined);
      options.onProgress?.({
        moved,
        total,
        perSecond: speed.perSecond,
        paused,
        waiting: left > 0 && speed.stillMs >= STILL_MS,
      });
      if (left === 0) return true;
      blind = (await isAnyReady(site, options.target)) ? 0 : blind + 1;
      if (blind >= TARGET_PATIENCE)
        throw new Failure(`${options.target} is not ready any more: connections have nowhere to go`);
      return undefined;
    },
    { everyMs: LOOK_EVERY_MS, ...(options.signal === undefined ? {} : { signal: options.signal }) },
  );
  return sum();
};

export const showMove =
  (report: Report) =>
  ({ moved, total, perSecond, paused, waiting }: MoveProgress): void =>
    report.progress('connections moved', moved, total, {
      perSecond,
      note: paused === undefined ? (waiting ? WAITING : '') : `paused: ${paused}`,
    });

/** Nothing is wrong: who has not moved by then is closed, and comes back. Fits behind the bar of a terminal of 80 columns. */
const WAITING = 'clients move by their deadline';

/** How many a second, over the last second, and for how long nobody has moved. */
class Speed {
  #marks: Readonly<{ atMs: number; moved: number }>[] = [{ atMs: performance.now(), moved: 0 }];

  #stirredAtMs = performance.now();

  /** Who is paused has no reason to move: the stillness counts from the end of the pause. */
  note(moved: number, paused: boolean): void {
    const atMs = performance.now();
    if (paused || moved !== this.#marks.at(-1)?.moved) this.#stirredAtMs = atMs;
    this.#marks = [...this.#marks.filter((mark) => atMs - mark.atMs <= 1_000), { atMs, moved }];
  }

  get stillMs(): number {
    return performance.now() - this.#stirredAtMs;
  }

  get perSecond(): number {
    const [first, last] = [this.#marks[0], this.#marks.at(-1)];
    if (first === undefined || last === undefined || first.atMs === last.atMs) return 0;
    return Math.round(((last.moved - first.moved) * 1_000) / (last.atMs - first.atMs));
  }
}

/** Undefined when it does not answer: it is being restarted, and holds no connections. */
const orderMove = async (
  site: Site,
  worker: WorkerProcess,
  reason: Reason,
  pace: Parameters<ReturnType<typeof clientOf>['drain']>[1],
): Promise<WorkerStatus | undefined> => {
  try {
    return await clientOf(site, worker).drain(reason, pace);
  } catch {
    return undefined;
  }
};

const isAnyReady = async (site: Site, color: Color): Promise<boolean> => {
  const workers = await runningWorkers(site, color);
  const answers = await Promise.all(workers.map((worker) => clientOf(site, worker).readiness()));
  return answers.some(({ state }) => state === 'ready');
};

/** Clients that the workers of `color` have moved since they were asked to, and all that were to move. One that does not answer is left out. */
export const movedSoFar = async (site: Site, color: Color): Promise<Pick<Moved, 'moved' | 'total'>> => {
  const workers = await runningWorkers(site, color);
  const answers = await Promise.allSettled(workers.map((worker) => clientOf(site, worker).status()));
  const drains = answers.flatMap((answer) => (answer.status === 'fulfilled' ? (answer.value.drain ?? []) : []));
  return {
    moved: drains.reduce((sum, { moved }) => sum + moved, 0),
    total: drains.reduce((sum, { total }) => sum + total, 0),
  };
};

/** Takes the drain of every worker back. Returns what did not work, in words. */
export const cancelMove = async (site: Site, color: Color): Promise<readonly string[]> => {
  const cancel = async (worker: WorkerProcess): Promise<readonly string[]> => {
    const client = clientOf(site, worker);
    try {
      if ((await client.status()).drain !== null) await client.cancelDrain();
      return [];
    } catch (error) {
      return [messageOf(error)];
    }
  };
  return (await Promise.all((await runningWorkers(site, color)).map(cancel))).flat();
};
