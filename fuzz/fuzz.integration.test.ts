import { resolve } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startRedis } from '../services/gateway/broker/testing/redis-server.js';
import { FuzzRun } from './run.js';

const build = resolve(import.meta.dirname, '../dist');

describe('input that means harm, for ten seconds', () => {
  it('neither ends a worker nor keeps it from others, is answered with no 5xx, and leaves no memory behind', async () => {
    const redis = await startRedis({ appendonly: false });
    onTestFinished(() => redis.stop());
    const outcome = await FuzzRun.do({
      seed: 20_261_125,
      durationMs: 7_000,
      warmUpMs: 3_000,
      redisUrl: redis.url,
      path: process.env['PATH'] ?? '',
      build,
      signal: new AbortController().signal,
      progress: () => undefined,
    });
    expect(outcome.findings.map(({ what, cases }) => [what, ...cases.map(({ number }) => number)])).toEqual([]);
    expect(outcome.cases).toBeGreaterThan(100);
    expect(outcome.counts.size).toBe(11);
    expect(outcome.served).toBeGreaterThan(5);
  }, 120_000);
});
