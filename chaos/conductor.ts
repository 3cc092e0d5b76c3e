import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { portSettings, type Ports } from './private-ports.js';

/** How a verb ended. */
export type Verb = Readonly<{ code: number; output: string }>;

/** What differs from a stack of the street: everything that is noticed by a time-out is noticed soon. */
const SETTINGS = {
  ENGINE: 'local',
  LISTEN: 'local',
  OBSERVABILITY: 'off',
  GRACEFUL_SHUTDOWN_TIMEOUT: '5',
  DRAIN_GRACE: '1',
  DRAIN_TIMEOUT: '30',
  BAKE_SECONDS: '0.5',
  PROBES: '8',
  WEBSOCKET_HEARTBEAT_INTERVAL: '1',
  HEARTBEAT_TIMEOUT: '6',
  LOG_MESSAGES_PER_SECOND: '0',
  POSITION_CHECK_INTERVAL: '2',
  PLACE_INTERVAL: '1',
  HISTORY_SIZE: '5000',
} as const;

/** The conductor of one private stack, each verb a process of its own, as a person runs it. */
export class Conductor {
  readonly environment: Readonly<Record<string, string>>;
  readonly #main: string;

  constructor(
    place: Readonly<{ dist: string; runDir: string; path: string }>,
    workers: number,
    ports: Ports,
    settings: Readonly<Record<string, string>> = {},
  ) {
    this.#main = join(place.dist, 'services/conductor/main.js');
    this.environment = {
      ...SETTINGS,
      ...settings,
      PATH: place.path,
      RUN_DIR: place.runDir,
      WORKERS: String(workers),
      ...portSettings(ports),
    };
  }

  /** The command that takes the stack down. */
  get down(): readonly string[] {
    return [process.execPath, this.#main, 'down'];
  }

  /** `signal` interrupts the verb, and it takes back what it did. */
  run(words: readonly string[], signal?: AbortSignal): Promise<Verb> {
    // A process group of its own: Ctrl-C in the terminal is for us, and we end what we started.
    const child = spawn(process.execPath, [this.#main, ...words], {
      env: this.environment,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    const interrupt = (): boolean => child.kill('SIGINT');
    signal?.addEventListener('abort', interrupt, { once: true });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
    }
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => {
        signal?.removeEventListener('abort', interrupt);
        resolve({ code: code ?? 1, output: output.trim() });
      });
    });
  }
}
