import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { choosePorts, portSettings, type Ports } from '../../chaos/private-ports.js';
import { Exposition } from '../../services/conductor/monitor/exposition.js';
import { processesOf, titleOf, useOf } from '../../services/conductor/processes.js';

const CONDUCTOR = fileURLToPath(new URL('../../services/conductor/main.js', import.meta.url));
const WORKER_LOG = /^blue-\d+\.log/;
const MB = 1_048_576;
const run = promisify(execFile);

/** A stack of its own, whose workers log every message and ship to the given Loki. */
export class OutageStack {
  readonly runDir = mkdtempSync(join(tmpdir(), 'switchyard-outage-'));
  readonly #ports: Ports;
  readonly #environment: Readonly<Record<string, string>>;
  /** Found once: looking through all processes of a machine takes longer than a message may. */
  #workers: readonly number[] = [];

  private constructor(ports: Ports, path: string, lokiUrl: string) {
    this.#ports = ports;
    this.#environment = {
      PATH: path,
      RUN_DIR: this.runDir,
      ENGINE: 'local',
      LISTEN: 'local',
      ...portSettings(ports),
      OBSERVABILITY: 'off',
      LOKI_URL: lokiUrl,
      LOG_MESSAGES_PER_SECOND: '100000',
    };
  }

  static async up(path: string, lokiUrl: string): Promise<OutageStack> {
    const stack = new OutageStack(await choosePorts(), path, lokiUrl);
    await stack.#conductor('up');
    stack.#workers = processesOf(stack.runDir).filter((pid) => titleOf(pid).includes('gateway/main.js'));
    return stack;
  }

  get url(): string {
    return `ws://127.0.0.1:${this.#ports.http}/ws`;
  }

  /** Memory of all workers, MB. */
  memory(): number {
    return this.#workers.reduce((sum, pid) => sum + useOf(pid).memoryBytes, 0) / MB;
  }

  /** What the workers count as dropped, together. */
  async dropped(): Promise<number> {
    const response = await fetch(`http://127.0.0.1:${this.#ports.metrics}/metrics/`);
    return new Exposition(await response.text()).sum('websocket_log_lines_dropped_total') ?? Number.NaN;
  }

  /** Every line that the workers have written, rotated files included, oldest file first. */
  lines(): readonly string[] {
    const folder = join(this.runDir, 'logs');
    return readdirSync(folder)
      .filter((name) => WORKER_LOG.test(name))
      .sort((a, b) => b.localeCompare(a))
      .flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n'))
      .filter((line) => line.startsWith('{'));
  }

  async close(): Promise<void> {
    await this.#conductor('down');
    rmSync(this.runDir, { recursive: true, force: true });
  }

  async #conductor(verb: string): Promise<void> {
    await run(process.execPath, [CONDUCTOR, verb], { env: this.#environment });
  }
}
