export const COLORS = ['blue', 'green'] as const;
export type Color = (typeof COLORS)[number];
export const otherColor = (color: Color): Color => (color === 'blue' ? 'green' : 'blue');

/** A build that never changes again. A color runs from one release until it is stopped, restarts included. */
export type Release = Readonly<{ id: string; git: string; built_at: string }>;

/** The `url` of a worker that has none: its container does not run. */
export const NO_ADDRESS = 'http://127.0.0.1:0';
export type WorkerAddress = Readonly<{ color: Color; name: string; url: string }>;
export type WorkerProcess = WorkerAddress &
  Readonly<
    | { state: 'running'; pid: number; since: string }
    | { state: 'starting' | 'stopping' | 'stopped' }
    /** It ended by itself, or can't be started. */
    | { state: 'failed'; why: string }
  >;

/** A limit, with the name under which a person finds it. */
export type Limit<T = number> = Readonly<{ setting: string; value: T }>;

/** Times in seconds. Undefined is what can't be seen, or does not run yet. */
export type FrontLimits = Readonly<{
  /** How long a connection on which nothing comes or goes is kept. */
  readTimeout: Limit | undefined;
  sendTimeout: Limit | undefined;
  /** Processes that take new connections; each may have so many connections, those to workers included, and files. */
  processes: number;
  connections: Limit | undefined;
  files: Limit | undefined;
}>;
export type BrokerLimits = Readonly<{
  /** Bytes that may wait for a subscriber until it is cut off; Infinity where none is. */
  pubsubBuffer: Limit;
  eviction: Limit<string>;
  persistence: readonly Readonly<{ setting: string; wanted: string | undefined; found: string | undefined }>[];
}>;

/** What the machinery allows a deploy. */
export type Limits = Readonly<{
  /** From the request to a worker to stop until it is killed, s. */
  kill: Limit;
  front: FrontLimits;
  /** Files of one worker. */
  workerFiles: Limit | undefined;
  /** Connections that the front can have to one worker. */
  localPorts: Limit | undefined;
  broker: BrokerLimits | undefined;
}>;

/**
 * What a deploy needs from the machinery that runs workers. Everything else about a worker is asked from the worker
 * itself over HTTP, so that all engines see readiness, versions and drains alike.
 */
export interface Engine {
  /** Addresses that whoever is on this machine comes from, as workers see them: ranges, separated by commas. */
  readonly nearby: string;
  /**
   * Starts all workers of `color` from `release` with `environment` added to what the engine gives them (address,
   * Redis, color, name). Whatever ran in that color is stopped first. Returns when they are being started.
   */
  start(color: Color, release: Release, environment: Readonly<Record<string, string>>): Promise<void>;
  /** Stops all workers of `color`: they get SIGTERM and their time to drain. Nothing happens when none runs. */
  stop(color: Color): Promise<void>;
  /** Starts single workers again, each from the release of its color; what still runs of them is stopped first. */
  restart(workers: readonly WorkerAddress[]): Promise<void>;
  workers(color: Color): Promise<readonly WorkerProcess[]>;
  /** The release that a color was started from, whether its workers live or not; undefined when it was stopped. */
  release(color: Color): Promise<string | undefined>;
  /** The color that gets new connections; undefined before the first start. */
  active(): Promise<Color | undefined>;
  /**
   * Gives new connections to `color`. The new front configuration is checked before anything changes; open
   * connections stay where they are. Returns when the front has been told, not when it has obeyed.
   */
  activate(color: Color): Promise<void>;
  /**
   * Gives the front the certificate in `TLS_DIR`, if it is good: new connections see it, open ones stay as they are. Returns when
   * the front has been told.
   */
  renewCertificate(): Promise<void>;
  /** The SHA-256 fingerprint of the certificate that the front was given; undefined: it speaks no TLS. */
  certificate(): Promise<string | undefined>;
  /** Generations of the front that take no new connections and live only for those that they still carry. */
  retiring(): Promise<number>;
  limits(): Promise<Limits>;
  /** The newest log lines of a worker since its last start, oldest first. */
  lastLines(worker: WorkerAddress, count: number): Promise<readonly string[]>;
}

/** The stack around the workers: front and broker. */
export interface Stack {
  /** Starts front and broker, for `release` to be behind them. Nothing that it started stays behind when it throws. */
  raise(release: Release): Promise<void>;
  /** Stops everything in order: workers, front, broker. Returns what had to be killed, by pid or name. */
  lower(): Promise<readonly string[]>;
  isUp(): Promise<boolean>;
  /** Starts a front or broker that has ended for good while the stack is up. Returns which. @throws {Failure} */
  mend(): Promise<readonly string[]>;
  /**
   * The processes of this stack that still live, whether it is up or not, by pid. The value: the pid that the engine knows it by, of
   * its worker or its part; its own where it stands for itself.
   */
  processes(): Promise<ReadonlyMap<number, number>>;
  broker(): Promise<BrokerStatus>;
  parts(): Promise<readonly Part[]>;
  /** Processes that run tasks, of both colors. The cluster serves without them; tasks wait. */
  taskWorkers(): Promise<readonly TaskWorkerProcess[]>;
  /**
   * Starts what watches the cluster and can run here, and does not wait for it. Returns what did not go well, in words:
   * the cluster does without it, so that nothing is thrown.
   */
  startOptional(): Promise<readonly string[]>;
  optional(): Promise<readonly OptionalPart[]>;
}

export type BrokerStatus = Readonly<
  { state: 'up'; version: string; memory: string; clients: number } | { state: 'down'; why: string }
>;

export type Part = Readonly<{ name: string; state: string; pid: number | undefined; detail: string }>;

/** The names of those that do not run. */
export const endedOf = (parts: readonly Part[]): readonly string[] =>
  parts.filter(({ pid }) => pid === undefined).map(({ name }) => name);

/** `url`: of its `/readyz` and `/metrics`; undefined: settings know none of that name any more. */
export type TaskWorkerProcess = Part & Readonly<{ url: string | undefined; startedAt: Date }>;

/** Something that watches the cluster. `why`: what became of it, and what to do. */
export type OptionalPart = Readonly<{ name: string; title: string; url: string; hasPage: boolean }> &
  Readonly<
    | { state: 'running'; pid: number }
    | { state: 'starting' }
    /** Not on this machine; it could run and was not started; it ended for good. */
    | { state: 'absent' | 'stopped' | 'ended'; why: string }
  >;

export interface Releases {
  /** Copies a build (a directory like `dist/`) into a new release. */
  build(source: string): Promise<Release>;
  find(id: string): Promise<Release | undefined>;
  /** The build in a release, a directory like the one that it was copied from. */
  buildOf(id: string): string;
  discard(id: string): Promise<void>;
  /** Removes all but the newest `keep` releases; those in `inUse` stay. */
  prune(keep: number, inUse: ReadonlySet<string>): Promise<readonly string[]>;
}

/** What runs a stack: an engine, and what goes with it. */
export type Machinery = Readonly<{ engine: Engine; stack: Stack; releases: Releases }>;
