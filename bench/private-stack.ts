import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { spawn, type ChildProcess } from 'node:child_process';
import { Conductor, type Verb } from '../chaos/conductor.js';
import { choosePorts, type Ports } from '../chaos/private-ports.js';
import { searchPath } from './config.js';

const WORKERS = 2;
type Settings = Readonly<Record<string, string>>;
/** The build that this is of. */
const dist = fileURLToPath(new URL('..', import.meta.url));

/** A stack of two workers a color for a bench: own run directory, own ports. */
export class PrivateStack {
  readonly #runDir: string;
  readonly #ports: Ports;
  readonly #conductor: Conductor;
  /** The deploy that is under way. */
  #deploy: Promise<Verb> | undefined;

  private constructor(runDir: string, ports: Ports, settings: Settings) {
    this.#runDir = runDir;
    this.#ports = ports;
    this.#conductor = new Conductor({ dist, runDir, path: searchPath() }, WORKERS, ports, settings);
  }

  /** `settings` of the stack and its deploys. @throws {Error} with the conductor's words */
  static async up(settings: Settings = {}): Promise<PrivateStack> {
    const stack = new PrivateStack(mkdtempSync(join(tmpdir(), 'switchyard-bench-')), await choosePorts(), settings);
    const { code, output } = await stack.#conductor.run(['up']);
    if (code !== 0) throw new Error(`the stack did not come up:\n${output}`);
    return stack;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#ports.http}`;
  }

  /** The first worker itself, without nginx. */
  get workerUrl(): string {
    return `http://127.0.0.1:${this.#ports.blue + 1}`;
  }

  promote(): Promise<Verb> {
    this.#deploy = this.#conductor.run(['promote']);
    return this.#deploy;
  }

  /** Clients that subscribe and publish on this stack until they are killed, or the time is over. */
  crowd(clients: number, rate: number, seconds: number): ChildProcess {
    const program = join(dirname(resolve(dist)), 'loadtest/crowd.mjs');
    const channels = Math.min(1_000, clients);
    const settings = { CLIENTS: clients, CHANNELS: channels, RATE: rate, DURATION: Math.ceil(seconds) };
    return spawn(process.execPath, [program], {
      env: {
        HOST: `ws://127.0.0.1:${this.#ports.http}`,
        ...Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, String(value)])),
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
  }

  /** When a deploy that is under way has ended: its workers would be nobody's. */
  async down(): Promise<void> {
    await this.#deploy;
    await this.#conductor.run(['down']);
    rmSync(this.#runDir, { recursive: true, force: true });
  }
}
