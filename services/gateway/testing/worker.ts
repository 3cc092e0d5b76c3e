import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { afterAll } from 'vitest';
import type { TaskQueue } from '../../task-queue/task-queue.js';
import { createApp, type App } from '../app.js';
import type { ShippedLogs } from '../wiring/dependencies.js';
import type { Broker } from '../broker/broker.js';
import type { Handlers } from '../handlers/handlers.js';
import { readConfig } from '../config/config.js';
import { createLogger } from '../observability/logger.js';

const pages = mkdtempSync(join(tmpdir(), 'switchyard-pages-'));
for (const [folder, title] of [
  ['test-page', 'Test page'],
  ['admin', 'Admin page'],
] as const) {
  mkdirSync(join(pages, folder));
  writeFileSync(join(pages, folder, 'index.html'), `<!doctype html><title>${title}</title>`);
}
writeFileSync(join(pages, 'test-page/page-0123456789.js'), 'export {};');
writeFileSync(join(pages, 'client.js'), 'export class Client {}');
afterAll(() => rmSync(pages, { recursive: true, force: true }));

export type TestWorker = Readonly<{
  app: App;
  port: number;
  workerId: string;
  /** `ws://127.0.0.1:PORT` */
  ws: string;
  http: string;
  /** What it logged, parsed. */
  logs: Readonly<Record<string, unknown>>[];
}>;

/** What a worker has besides, none by default. `logs`: its log's way to Loki. */
type TestedParts = Readonly<{ logs?: ShippedLogs; handlers?: Handlers; tasks?: TaskQueue }>;

/** A worker in this process on a free port. Settings are environment variables, quick ones by default. */
export const startWorker = async (
  makeBroker: (workerId: string) => Broker,
  settings: Readonly<Record<string, string>> = {},
  parts: TestedParts = {},
): Promise<TestWorker> => {
  const config = readConfig({
    PORT: '0',
    DRAIN_GRACE: '0.1',
    PLACE_INTERVAL: '0.1',
    // Tests are on loopback and publish more than people do; one of the limits sets this to nobody.
    RATE_LIMIT_TRUSTED: '127.0.0.0/8,::1/128',
    ...settings,
  });
  const workerId = `${config.COLOR}-${config.WORKER}-${randomUUID()}`;
  const logs: Record<string, unknown>[] = [];
  const logger = createLogger({
    level: 'debug',
    service: config.SERVICE_NAME,
    color: config.COLOR,
    worker: config.WORKER,
    release: config.RELEASE,
    destination: { write: (line) => void logs.push(JSON.parse(line) as Record<string, unknown>) },
  });
  const app = await createApp({
    config,
    identity: {
      color: config.COLOR,
      worker: config.WORKER,
      release: config.RELEASE,
      workerId,
      startedAt: new Date().toISOString(),
    },
    broker: makeBroker(workerId),
    logger,
    pages,
    ...parts,
    // The process goes on.
    lingerMs: 20,
  });
  const port = await app.start();
  return { app, port, workerId, ws: `ws://127.0.0.1:${port}`, http: `http://127.0.0.1:${port}`, logs };
};
