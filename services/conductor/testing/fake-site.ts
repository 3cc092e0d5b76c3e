import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Color, Engine, Limits, Release, WorkerAddress, WorkerProcess } from '../engines/engine.js';
import { Journal } from '../journal/journal.js';
import { RunDirectory } from '../run-directory.js';
import { StackSettings, VerbSettings } from '../settings.js';
import type { Site } from '../site.js';
import { readThresholds } from '../vitals/thresholds.js';

/** Colors and a front that are only told of: what `Engine` was asked for is in `orders`. */
export class FakeEngine implements Engine {
  readonly nearby = '127.0.0.0/8,::1/128';
  readonly orders: string[] = [];
  readonly running = new Map<Color, readonly WorkerProcess[]>();
  activeColor: Color = 'blue';

  async start(color: Color, { id }: Release): Promise<void> {
    this.orders.push(`start ${color} ${id}`);
  }
  async stop(color: Color): Promise<void> {
    this.orders.push(`stop ${color}`);
    this.running.delete(color);
  }
  async restart(workers: readonly WorkerAddress[]): Promise<void> {
    for (const { color, name } of workers) this.orders.push(`restart ${color} ${name}`);
  }
  async release(): Promise<string | undefined> {
    return undefined;
  }
  async workers(color: Color): Promise<readonly WorkerProcess[]> {
    return this.running.get(color) ?? [];
  }
  async active(): Promise<Color> {
    return this.activeColor;
  }
  async activate(color: Color): Promise<void> {
    this.orders.push(`activate ${color}`);
    this.activeColor = color;
  }
  async renewCertificate(): Promise<void> {
    this.orders.push('renew the certificate');
  }
  async certificate(): Promise<string | undefined> {
    return undefined;
  }
  async retiring(): Promise<number> {
    return 0;
  }
  async limits(): Promise<Limits> {
    const front = { readTimeout: undefined, sendTimeout: undefined, connections: undefined, files: undefined };
    return {
      kill: { setting: 'stopwaitsecs', value: 100 },
      front: { ...front, processes: 0 },
      workerFiles: undefined,
      localPorts: undefined,
      broker: undefined,
    };
  }
  async lastLines(): Promise<readonly string[]> {
    return [];
  }

  /** Workers 1, 2 … of `color` run at these addresses. */
  runs(color: Color, ...urls: readonly string[]): void {
    const since = new Date().toISOString();
    const workers = urls.map((url, index) => ({
      color,
      name: String(index + 1),
      url,
      state: 'running' as const,
      pid: 1,
      since,
    }));
    this.running.set(color, workers);
  }
}

export type FakeSite = Site & Readonly<{ engine: FakeEngine }>;

/** A site whose run directory is gone when the test is over. */
export const fakeSite = (
  verb: Readonly<Record<string, unknown>> = {},
  stack: Partial<StackSettings> = {},
): FakeSite => {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-site-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const run = new RunDirectory(folder);
  return {
    engine: new FakeEngine(),
    stack: {
      raise: async () => {},
      lower: async () => [],
      isUp: async () => true,
      mend: async () => [],
      processes: async () => new Map(),
      broker: async () => ({ state: 'down', why: 'none' }),
      parts: async () => [],
      taskWorkers: async () => [],
      startOptional: async () => [],
      optional: async () => [],
    },
    releases: {
      build: async () => ({ id: 'built', git: '', built_at: '' }),
      find: async (id) => ({ id, git: '', built_at: '' }),
      buildOf: (id) => join(folder, id),
      discard: async () => {},
      prune: async () => [],
    },
    run,
    journal: new Journal(run.file('logs/conductor.log'), undefined),
    settings: { stack: StackSettings.parse(stack), worker_environment: {} },
    verb: VerbSettings.parse(verb),
    thresholds: () => readThresholds('infra/thresholds.json'),
    source: folder,
  };
};
