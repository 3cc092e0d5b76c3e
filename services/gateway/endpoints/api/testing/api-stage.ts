import { afterEach, beforeEach, expect, vi } from 'vitest';
import type { Broker } from '../../../broker/broker.js';
import { createMemoryCluster, type MemoryCluster } from '../../../broker/memory/memory-cluster.js';
import { startWorker, type TestWorker } from '../../../testing/worker.js';
import { PROBLEMS, problemType, type ProblemName } from '../problem.js';
import { ApiClient } from './api-client.js';

export const TOKEN = 'a control token for tests';
/** Of the caller `all`, who may do everything, and of `reader`, who may read histories. */
export const ALL = 'a-key-that-may-all';
export const READER = 'a-key-that-may-read';

export type ApiStage = {
  cluster: MemoryCluster;
  blue: TestWorker;
  green: TestWorker;
  blueBroker: Broker;
  /** Asks blue, and green, with the key that may do everything. */
  api: ApiClient;
  other: ApiClient;
};

/** Two workers of one cluster with API keys, anew for each test. */
export const apiStage = (): ApiStage => {
  const stage = {} as ApiStage;
  beforeEach(async () => {
    const settings = {
      API_KEYS: `all:${ALL}:*,reader:${READER}:history`,
      CONTROL_TOKEN: TOKEN,
      LEASE_INTERVAL: '0.05',
    };
    stage.cluster = createMemoryCluster();
    const blue = (id: string): Broker => (stage.blueBroker = stage.cluster.broker(id));
    stage.blue = await startWorker(blue, { COLOR: 'blue', ...settings });
    stage.green = await startWorker((id) => stage.cluster.broker(id), { COLOR: 'green', WORKER: '2', ...settings });
    stage.api = await ApiClient.of(stage.blue.http, ALL);
    stage.other = await ApiClient.of(stage.green.http, ALL);
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    await Promise.all([stage.blue.app.stop(), stage.green.app.stop()]);
  });
  return stage;
};

/** What an answer is that tells this problem, with these words. */
export const problem = (name: ProblemName, words: string | RegExp, field?: string) => ({
  status: PROBLEMS[name].status,
  body: {
    type: problemType(name),
    status: PROBLEMS[name].status,
    detail: expect.stringMatching(words) as string,
    ...(field === undefined ? {} : { field }),
  },
});
