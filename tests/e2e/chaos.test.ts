import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { FAULTS } from '../../chaos/faults/faults.js';
import { chaos, runDirOf } from './chaos-run.js';

test('every kind of fault once: everything heals, and nothing that was acked is lost, repeated or out of order', async () => {
  const { code, output } = await chaos('--once');
  expect(code, output).toBe(0);
  for (const { name } of FAULTS) expect(output).toMatch(new RegExp(`^  ${name} +1   `, 'm'));
  expect(output).toMatch(/lost 0 {3}silent gaps 0 {3}duplicated 0 {3}out of order 0/);
  expect(output).toMatch(/told \d+, for nothing 0 {3}gone with Redis/);
  expect(output).toContain('publishes unknown 0');
  expect(existsSync(runDirOf(output))).toBe(false);
});
