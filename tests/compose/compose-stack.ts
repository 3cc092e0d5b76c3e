import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { freePort } from '../../infra/testing/free-port.js';

const checkout = resolve(import.meta.dirname, '../..');
const KEY = 'a-key-of-16-or-more';

/** compose.yml as it is, as a project of its own: on ports that nobody has, with volumes that go with it. */
export class ComposeStack {
  /** Its tag. Each build is another one: what `up` itself builds has to do. */
  readonly release = `test-${process.pid}-${Date.now()}`;
  readonly #project = `switchyard-${this.release}`;
  readonly #folder = mkdtempSync(join(tmpdir(), 'switchyard-compose-'));
  readonly #settings: Record<string, string>;
  readonly url: string;

  private constructor(httpPort: number, settings: Readonly<Record<string, string>>) {
    const ports = ['METRICS', 'STREAM', 'PROMETHEUS', 'ALERTMANAGER', 'LOKI', 'GRAFANA'].map((name) => `${name}_PORT`);
    // Docker takes any that is free.
    const free = Object.fromEntries([...ports, 'BLUE_PORTS', 'GREEN_PORTS'].map((name) => [name, '0']));
    const own = { RELEASE: this.release, REVISION: this.release, API_KEYS: `test:${KEY}:*` };
    this.#settings = { ...free, ...own, HTTP_PORT: `${httpPort}`, ...settings };
    this.url = `http://127.0.0.1:${httpPort}`;
  }

  /** With these settings in its `.env`. Starts nothing. */
  static async prepare(settings: Readonly<Record<string, string>>): Promise<ComposeStack> {
    return new ComposeStack(await freePort(), settings);
  }

  /** Changes its `.env`. */
  set(settings: Readonly<Record<string, string>>): void {
    Object.assign(this.#settings, settings);
  }

  /** `docker compose …`. Returns what it printed. @throws Error with that when it fails */
  compose(...words: readonly string[]): string {
    const file = join(this.#folder, '.env');
    const lines = Object.entries(this.#settings).map(([name, value]) => `${name}=${value}\n`);
    writeFileSync(file, lines.join(''), { mode: 0o600 });
    return docker('compose', '--project-name', this.#project, '--env-file', file, ...words);
  }

  /** Has what is set written anew, as docs/OPERATIONS.md does it. @throws Error with what it said */
  configure(): void {
    this.compose('up', '--no-deps', '--exit-code-from', 'configure', 'configure');
  }

  /** Ids of the containers of a service that run. */
  containers(service: string): readonly string[] {
    return this.compose('ps', '--quiet', service).split('\n').filter(Boolean);
  }

  /** What a worker that serves says of itself. */
  async version(): Promise<unknown> {
    return (await fetch(`${this.url}/version`)).json();
  }

  /** The answer to a command of the HTTP API. */
  async ask(command: string, body: object): Promise<unknown> {
    const headers = { 'X-API-Key': KEY, 'Content-Type': 'application/json' };
    const response = await fetch(`${this.url}/api/${command}`, { method: 'POST', headers, body: JSON.stringify(body) });
    return response.json();
  }

  /** A volume or a network of it, as Docker calls it. */
  called(name: string): string {
    return `${this.#project}_${name}`;
  }

  /** Where a port of a container is published. */
  address(container: string, port: number): string {
    return docker('port', container, `${port}`).split('\n')[0] ?? '';
  }

  /**
   * Plain clients through nginx for some seconds, there when it resolves. What it resolves with does so with the last line of their
   * count, and whether it is clean.
   */
  async crowd(seconds: number): Promise<() => Promise<Readonly<{ code: number; line: string }>>> {
    const child = spawn(process.execPath, ['loadtest/crowd.mjs'], {
      cwd: checkout,
      env: {
        HOST: this.url.replace('http', 'ws'),
        CLIENTS: '40',
        CHANNELS: '4',
        RATE: '50',
        DURATION: `${seconds}`,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(child, 'close') as Promise<[number]>;
    let line = '';
    const connected = new Promise<void>((resolveConnected) => {
      createInterface(child.stdout).on('line', (next) => {
        line = next;
        if (line === 'all are connected') resolveConnected();
      });
    });
    await Promise.race([ended, connected]);
    return async () => {
      const [code] = await ended;
      return { code, line };
    };
  }

  /** Everything of it, its volumes and images too. */
  remove(): void {
    this.compose('--profile', '*', 'down', '--volumes', '--timeout', '1');
    const ours = ['--filter', `label=org.opencontainers.image.revision=${this.release}`];
    const built = [...new Set(docker('image', 'ls', '--all', '--quiet', ...ours).split('\n'))].filter(
      (id) => id !== '',
    );
    if (built.length > 0) docker('image', 'rm', '--force', ...built);
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** What stands in the environment of these tests is none of the stack's settings: compose takes it before that of a file. */
const environment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => /^(?:PATH|HOME|DOCKER_\w+)$/.test(name)),
);

/** Returns what it printed. @throws Error with what it said */
export const docker = (...words: readonly string[]): string =>
  execFileSync('docker', words, {
    cwd: checkout,
    env: environment,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim();

/** Images that have lost their name, and are kept until somebody removes them. */
export const dangling = (): readonly string[] =>
  docker('image', 'ls', '--quiet', '--filter', 'dangling=true').split('\n').filter(Boolean).toSorted();
