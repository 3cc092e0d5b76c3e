import { setTimeout as sleep } from 'node:timers/promises';
import { WorkerProcess } from '../bench/worker-process.js';
import { CleanClients } from './clean-client.js';
import { exchange } from './exchange.js';
import { defects, wrongAnswer, type Finding } from './findings.js';
import { caseOf, type FuzzCase } from './fuzz-case.js';

export type RunOptions = Readonly<{
  seed: number;
  /** Of the measured part; a warm-up comes before it. */
  durationMs: number;
  warmUpMs: number;
  redisUrl: string;
  path: string;
  /** Folder of the build; by default the one that this module is of. */
  build?: string;
  signal: AbortSignal;
  progress(line: string): void;
}>;

export type Outcome = Readonly<{
  cases: number;
  /** By kind. */
  counts: ReadonlyMap<string, number>;
  findings: readonly Finding[];
  /** Clients that did nothing wrong. */
  served: number;
  notServed: number;
  /** Resident memory of the worker before and after, MiB. */
  memory: Readonly<{ before: number; after: number }>;
}>;

export const MEMORY_MIB = 20;
const MIB = 1024 * 1024;
const AT_ONCE = 8;
/** More say the same. */
const MOST_FINDINGS = 10;
const PROGRESS_MS = 15_000;
const REST_MS = 3_000;
const LOOK_MS = 500;
/** So long a heap may take to give back what it needs no more. */
const SHRINKS_WITHIN_MS = 60_000;

/** Whoever does wrong is not limited, so that all of it is tried; what is stored ends soon, so that Redis stays small. */
const settingsOf = ({ redisUrl, path }: RunOptions): Readonly<Record<string, string>> => ({
  PATH: path,
  REDIS_URL: redisUrl,
  CONTROL_TOKEN: 'a control token for the fuzzer',
  ADMIN_PASSWORD: 'a password for the fuzzer',
  RATE_LIMIT_TRUSTED: '127.0.0.0/8',
  COMPRESSION: 'true',
  ECHO_ENDPOINT: 'true',
  SESSION_TTL: '10',
  HISTORY_TTL: '10',
});

/** One run of the fuzzer against one worker. */
export class FuzzRun {
  readonly #options: RunOptions;
  readonly #worker: WorkerProcess;
  readonly #findings: Finding[] = [];
  readonly #counts = new Map<string, number>();
  readonly #inFlight = new Set<FuzzCase>();
  #next = 0;
  #said = 0;

  private constructor(options: RunOptions, worker: WorkerProcess) {
    this.#options = options;
    this.#worker = worker;
  }

  static async do(options: RunOptions): Promise<Outcome> {
    const worker = await WorkerProcess.start(settingsOf(options), options.build, true);
    try {
      return await new FuzzRun(options, worker).#run();
    } finally {
      await worker.stop();
    }
  }

  /** One case alone against a worker that has just started. */
  static async repeat(options: RunOptions, number: number): Promise<readonly Finding[]> {
    const worker = await WorkerProcess.start(settingsOf(options), options.build);
    try {
      const run = new FuzzRun(options, worker);
      await run.#try(caseOf(options.seed, number));
      await sleep(REST_MS);
      run.#look();
      return run.#findings;
    } finally {
      await worker.stop();
    }
  }

  async #run(): Promise<Outcome> {
    const { durationMs, warmUpMs } = this.#options;
    const clean = new CleanClients(this.#worker.port);
    let before = 0;
    try {
      await this.#fuzzFor(warmUpMs);
      before = await this.#restingMemory(0);
      await this.#fuzzFor(durationMs);
    } finally {
      await clean.stop();
    }
    const after = await this.#restingMemory(before + MEMORY_MIB * MIB);
    for (const what of clean.failures) this.#find(`a client that did nothing wrong: ${what}`, []);
    if (after > before + MEMORY_MIB * MIB) {
      this.#find(`${((after - before) / MIB).toFixed(1)} MiB of memory are not given back (at most ${MEMORY_MIB})`, []);
    }
    return {
      cases: this.#next,
      counts: this.#counts,
      findings: this.#findings,
      served: clean.served,
      notServed: clean.failures.length,
      memory: { before: before / MIB, after: after / MIB },
    };
  }

  async #fuzzFor(ms: number): Promise<void> {
    const deadline = performance.now() + ms;
    const isOver = (): boolean =>
      performance.now() > deadline ||
      this.#options.signal.aborted ||
      this.#worker.ended !== undefined ||
      this.#findings.length >= MOST_FINDINGS;
    const report = setInterval(
      () => this.#options.progress(`${this.#next} cases, ${this.#findings.length} findings`),
      PROGRESS_MS,
    );
    const one = async (): Promise<void> => {
      while (!isOver()) await this.#try(caseOf(this.#options.seed, this.#next++));
    };
    await Promise.all(Array.from({ length: AT_ONCE }, one));
    clearInterval(report);
  }

  async #try(one: FuzzCase): Promise<void> {
    this.#counts.set(one.kind, (this.#counts.get(one.kind) ?? 0) + 1);
    this.#inFlight.add(one);
    const answer = await exchange(this.#worker.port, one);
    const wrong = wrongAnswer(one, answer);
    if (wrong !== undefined) this.#find(wrong, [one]);
    this.#look();
    this.#inFlight.delete(one);
  }

  /** Whether the worker has complained or is gone: whatever is under way may be the cause. */
  #look(): void {
    const lines = defects(this.#worker.complaints);
    for (const { event, text } of lines.slice(this.#said))
      this.#find(`the worker wrote ${event}: ${text}`, [...this.#inFlight]);
    this.#said = lines.length;
    const { ended } = this.#worker;
    if (ended !== undefined && !this.#findings.some(({ what }) => what.startsWith('the worker is gone'))) {
      this.#find(`the worker is gone: ${ended}`, [...this.#inFlight]);
    }
  }

  #find(what: string, cases: readonly FuzzCase[]): void {
    if (this.#findings.length < MOST_FINDINGS) this.#findings.push({ what, cases });
  }

  /** Of the worker at rest, without garbage, bytes: the least seen until it is no more than `wanted`, or for a while. */
  async #restingMemory(wanted: number): Promise<number> {
    await sleep(REST_MS);
    const deadline = performance.now() + (wanted === 0 ? REST_MS : SHRINKS_WITHIN_MS);
    let least = Number.POSITIVE_INFINITY;
    do {
      if (this.#worker.ended === undefined) await this.#worker.collectGarbage();
      await sleep(LOOK_MS);
      least = Math.min(least, this.#worker.memoryBytes);
    } while (least > wanted && performance.now() < deadline && !this.#options.signal.aborted);
    return least;
  }
}
