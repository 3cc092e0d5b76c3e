import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { loki } from '../services/conductor/engines/local/parts/loki.js';
import { findBinary } from '../services/conductor/engines/local/parts/part.js';
import { cacheFolder } from '../services/conductor/engines/local/tools.js';
import { MOST_LINES, queryRange, type Found } from '../services/loki/query.js';

const Address = z.object({ port: z.number() });
const PATIENCE_MS = 30_000;
const LOOK_EVERY_MS = 100;
const HOUR_NS = 3_600_000_000_000n;

/** The one that a stack here would run; undefined: there is none. */
export const lokiBinary = (environment: Readonly<Record<string, string | undefined>>): string | undefined =>
  findBinary(loki, { path: environment['PATH'] ?? '', cache: cacheFolder(environment), build: '' });

/** A Loki of its own on free ports. It can be stopped and started again with what it has. */
export class PrivateLoki {
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
  static async prepare(binary: string): Promise<PrivateLoki> {
    return new PrivateLoki(binary, await freePort(), await freePort());
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

  /** Lines since a time in ns; of the last hour where none is given. */
  find(query: string, since?: bigint): Promise<readonly Found[]> {
    const end = BigInt(Date.now()) * 1_000_000n + HOUR_NS;
    const start = since ?? end - 2n * HOUR_NS;
    return queryRange(this.url, { query, start, end, limit: MOST_LINES, direction: 'forward' });
  }
}

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = Address.parse(server.address());
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
