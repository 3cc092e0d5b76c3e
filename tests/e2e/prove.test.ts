import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Proof } from '../../services/conductor/prove/proof.js';
import { TestStack } from './stack.js';

let stack: TestStack;
beforeAll(async () => {
  stack = await TestStack.up();
});
afterAll(() => stack.close());

const CLIENTS = ['--clients', '60', '--channels', '5', '--rate', '50', '--steady', '1'];

test('[deploy-1] [deploy-2] 60 clients of two kinds through a promote and a rollback: proven, and kept', async () => {
  const { code, stdout, stderr } = await stack.run(['prove', '--json', ...CLIENTS]);
  const proof = JSON.parse(stdout) as Proof;
  const nothing = { lost: 0, duplicated: 0, outOfOrder: 0, refused: 0, told: 0, resumeFailures: 0, examples: [] };
  expect(stderr).toMatch(/^Proven: every acked publication arrived once and in order at every client of its$/m);
  expect(stderr).toMatch(/^channel \(60 in all\), none was refused, no client of the library was ever away\.$/m);
  expect(proof.result.library).toMatchObject({ ...nothing, clients: 30, awayCount: 0 });
  // Each plain client was closed once in each of the two deploys, and came back.
  expect(proof.result.plain).toMatchObject({ ...nothing, clients: 30, awayCount: 60 });
  expect(proof.result.plain.away.count).toBe(60);
  expect(proof.result).toMatchObject({ unanswered: 0, acked: proof.result.published, troubles: [] });
  expect(proof.result.library.delivered).toBe(proof.result.acked * 6);
  expect(proof.result.windows.map(({ name }) => name)).toEqual([
    'steady',
    'promote',
    'its move',
    'steady',
    'rollback',
    'its move',
    'steady',
  ]);
  expect(proof.result.windows.filter(({ library }) => library.count === 0)).toEqual([]);
  expect(proof.bounds.map(({ move, of, verdict }) => [move, of, verdict === 'not measured'])).toEqual(
    ['promote', 'rollback'].flatMap((move) => [
      [move, 'library clients away', false],
      [move, 'library delivery p99', false],
      [move, 'plain clients away p99', false],
    ]),
  );
  expect(proof.moves.map(({ move, connections }) => [move, connections > 60])).toEqual([
    ['promote', true],
    ['rollback', true],
  ]);
  expect({ code, proven: proof.proven, active: (await stack.status()).active }).toEqual({
    code: 0,
    proven: true,
    active: 'blue',
  });
  const file = readdirSync(join(stack.runDir, 'ledger')).find((name) => name.startsWith('prove-'));
  const kept = readFileSync(join(stack.runDir, 'ledger', file ?? ''), 'utf8');
  expect(JSON.parse(kept)).toEqual(proof);
});

test('a promote that fails is no proof, and no client notices it', async () => {
  const { code, stdout } = await stack.run(['prove', '--json', ...CLIENTS, '--source', stack.runDir]);
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({
    proven: false,
    promote: { outcome: 'failed', active: 'blue' },
    result: { library: { lost: 0, awayCount: 0 }, plain: { lost: 0, awayCount: 0 } },
  });
});

test('what can not be is refused before anything begins', async () => {
  const tooMany = await stack.run(['prove', '--clients', '10', '--plain', '11']);
  expect(tooMany).toMatchObject({ code: 2, stderr: expect.stringContaining('PLAIN=11') as unknown });
  const none = await stack.run(['prove'], { CLIENTS: 'many' });
  expect(none).toMatchObject({ code: 2, stderr: expect.stringContaining('CLIENTS=many is not allowed') as unknown });
});
