import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { RecoveringClient } from './recovering-client.js';
import { SABOTAGE } from './sabotage.js';
import { TestStack } from './stack.js';

let stack: TestStack;
let client: RecoveringClient;
beforeAll(async () => {
  stack = await TestStack.up();
});
afterAll(() => stack.close());
beforeEach(async () => {
  client = await RecoveringClient.connect(stack.socketUrl, 'ledger-test');
});
afterEach(() => client.end());

test('a promote prints what its ledger came to, and counts its probes as nobody', async () => {
  const result = await stack.promote();
  expect(result).toMatchObject({ outcome: 'done', deploys: [{ moved: 1, ledger: { clean: true, unanswered: 0 } }] });
  const { verdict, figures, probes } = result.deploys[0]?.ledger ?? {};
  expect(verdict).toMatchObject({ lost: 0, duplicated: 0, outOfOrder: 0, refused: 0, told: 0 });
  expect(verdict?.acked).toBeGreaterThan(50);
  // Ten subscribers a channel.
  expect(verdict?.delivered).toBe((verdict?.acked ?? 0) * 10);
  expect(probes).toMatchObject({ subscribers: 50, moved: 50 });
  expect(figures).toMatchObject({ away: 0, handshakesRefused: 0, resumeFailures: 0 });
});

const faults = [
  { name: 'keeps one publication from its clients', source: SABOTAGE.losesOne, found: /never got offset \d+/ },
  { name: 'sends one publication twice', source: SABOTAGE.doublesOne, found: /twice/ },
];

test.each(faults)('a release that $name is found out by the ledger, and rolled back', async ({ source, found }) => {
  const before = (await stack.status()).active;
  // Long enough for a hundred deliveries on each worker.
  const { code, output } = await stack.run(['promote', '--source', source()], { BAKE_SECONDS: '4' });
  expect(code, output).toBe(1);
  expect(output).toContain('Failed in "prove"');
  expect(output).toMatch(found);
  const where = /^First (?:lost|duplicated): probe \d+ on ledger:\S+, on (?:a connection to )?(?:blue|green)\b.*\.$/m;
  expect(output).toMatch(where);
  const [, file = ''] = /^Not clean: \d+ (?:lost|duplicated).* All of it:\n(.*)$/m.exec(output) ?? [];
  expect(JSON.parse(readFileSync(file.trim(), 'utf8'))).toMatchObject({ clean: false });
  expect(output).toContain(`Everything was undone: ${before} is active as before.`);
  await client.when(() => client.colors.at(-1) === before);
});

test('without probes there is no ledger', async () => {
  const result = await stack.promote([], { PROBES: '0' });
  expect(result).toMatchObject({ outcome: 'done', deploys: [{ moved: 1 }] });
  expect(result.deploys[0]?.ledger).toBeUndefined();
});
