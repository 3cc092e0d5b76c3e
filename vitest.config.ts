import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

// Three layers by file name: `*.test.ts` (unit, beside the source), `*.integration.test.ts` (real Redis, real
// sockets) and tests/e2e (a whole stack: nginx, two colors, promote; a real browser). Several files run at once, but for
// those of tests/e2e that load the machine or judge by the clock: one by one, when nothing else runs.
const ALONE = ['bake', 'chaos', 'ledger', 'load', 'prove', 'totals'].map((name) => `tests/e2e/${name}.test.ts`);
const exclude = ['**/node_modules/**', 'dist/**'];
const slow = { testTimeout: 60_000, hookTimeout: 60_000 };
// What is waited for is awaited patiently: a busy machine is no failure.
const expect = { poll: { timeout: 15_000, interval: 50 } };

const whole = { pool: 'forks', expect, testTimeout: 300_000, hookTimeout: 300_000 } as const;

// What applications import, as scripts/build-modules.mjs gives it to them.
const alias = {
  'switchyard/handlers': fileURLToPath(new URL('services/gateway/handlers/handler.ts', import.meta.url)),
  'switchyard/tasks': fileURLToPath(new URL('services/task-queue/definition.ts', import.meta.url)),
};

export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    projects: [
      {
        resolve: { alias },
        test: {
          name: 'unit',
          include: ['{services,chaos,fuzz,conformance,bench,examples,infra,loadtest}/**/*.test.ts'],
          exclude: [...exclude, '**/*.integration.test.ts'],
          testTimeout: 30_000,
        },
      },
      {
        resolve: { alias },
        test: {
          name: 'integration',
          include: ['{services,chaos,bench,examples,fuzz,infra,loadtest}/**/*.integration.test.ts'],
          exclude,
          pool: 'forks',
          expect,
          ...slow,
        },
      },
      // Needs a Docker daemon: `make test-compose`, no part of `make test`.
      {
        test: {
          name: 'compose',
          include: ['tests/compose/**/*.test.ts'],
          exclude,
          ...whole,
          fileParallelism: false,
          expect: { poll: { timeout: 60_000, interval: 200 } },
        },
      },
      {
        resolve: { alias },
        test: {
          name: 'e2e',
          include: ['tests/e2e/**/*.test.ts'],
          exclude: [...exclude, ...ALONE],
          ...whole,
        },
      },
      {
        resolve: { alias },
        test: {
          name: 'e2e-alone',
          include: ALONE,
          exclude,
          ...whole,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
