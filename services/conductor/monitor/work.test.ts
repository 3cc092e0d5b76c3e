import { mkdirSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { fakeSite } from '../testing/fake-site.js';
import { takeLock } from '../lock.js';
import { workOn } from './work.js';

test('nobody is at work; then a verb, at the step that the log of the conductor tells', () => {
  const { run } = fakeSite();
  const line = (event: string, step: string, ageMs: number): string =>
    JSON.stringify({ timestamp: new Date(Date.now() - ageMs).toISOString(), event, step });
  mkdirSync(run.file('logs'));
  expect(workOn(run)).toBeUndefined();
  const unlock = takeLock(run.file('lock'), 'promote');
  expect(workOn(run)).toMatchObject({ verb: 'promote', pid: process.pid, step: null });
  writeFileSync(run.file('logs', 'conductor.log'), `${line('deploy_step', 'bake', 60_000)}\nbare text\n`);
  expect(workOn(run)?.step).toBeNull();
  writeFileSync(
    run.file('logs', 'conductor.log'),
    `${line('deploy_step', 'smoke', -5)}\n${line('deploy_step', 'watch', -9)}\n{"ev`,
  );
  expect(workOn(run)?.step).toBe('watch');
  unlock();
  expect(workOn(run)).toBeUndefined();
});
