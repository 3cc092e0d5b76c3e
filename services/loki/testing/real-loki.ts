import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { MOST_LINES, queryRange, type Found } from '../query.js';

const VERSION = '3.7.8';
const PATIENCE_MS = 30_000;
const LOOK_EVERY_MS = 100;

/** The binary that `make setup-observability` builds, or one in PATH; undefined: there is none here. */
export const lokiBinary = (): string | undefined => {
  const { SWITCHYARD_CACHE, XDG_CACHE_HOME, PATH = '' } = process.env;
  const cache = SWITCHYARD_CACHE ?? join(XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'switchyard');
  const folders = [join(cache, `loki-${VERSION}`), ...PATH.split(delimiter)];
  return folders.map((folder) => join(folder, 'loki')).find((path) => existsSync(path));
};

/** A Loki of its own on free ports. It can be stopped and started again with what it has. */
export class RealLoki {
  readonly folder = mkdtempSync(join(tmpdir(), 'switchyard-loki-'));
  readonly #binary: string;
  readonly #port: number;
  #process: ChildProcess | undefined;

  private constructor(binary: string, port: number, grpcPort: number) {
    this.#binary = binary;
    this.#port = port;
    writeFileSync(join(this.folder, 'loki.yaml'), configOf(this.folder, port, grpcPort));
  }

  /** Nothing runs yet. */
  static async prepare(binary: string): Promise<RealLoki> {
    return new RealLoki(binary, await freePort(), await freePort());
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Resolves when it answers. */
  async start(): Promise<void> {
    this.#process = spawn(this.#binary, [`-config.file=${join(this.folder, 'loki.yaml')}`], { stdio: 'ignore' });
    const deadline = performance.now() + PATIENCE_MS;
    while (performance.now() < deadline) {
      const answer = await fetch(`${this.url}/loki/api/v1/labels`).catch(() => undefined);
      if (answer?.ok === true) return;
      await sleep(LOOK_EVERY_MS);
    }
    throw new Error(`Loki did not answer within ${PATIENCE_MS} ms`);
  }

  async stop(): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (child === undefined || child.exitCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    await exited;
  }

  /** Ends it, and removes all it has. */
  async close(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Lines of the last hour. */
  find(query: string): Promise<readonly Found[]> {
    const now = BigInt(Date.now()) * 1_000_000n;
    const hour = 3_600_000_000_000n;
    return queryRange(this.url, { query, start: now - hour, end: now + hour, limit: MOST_LINES, direction: 'forward' });
  }
}

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
};

const configOf = (folder: string, port: number, grpcPort: number): string => `
auth_enabled: false
analytics: {reporting_enabled: false}
server: {http_listen_address: 127.0.0.1, http_listen_port: ${port}, grpc_listen_address: 127.0.0.1, grpc_listen_port: ${grpcPort}, log_level: error}
common:
  instance_addr: 127.0.0.1
  path_prefix: ${folder}
  replication_factor: 1
  ring: {kvstore: {store: inmemory}}
  storage: {filesystem: {chunks_directory: ${folder}/chunks, rules_directory: ${folder}/rules}}
schema_config:
  configs: [{from: 2024-01-01, store: tsdb, object_store: filesystem, schema: v13, index: {prefix: index_, period: 24h}}]
ingester: {lifecycler: {min_ready_duration: 0s}}
`;
