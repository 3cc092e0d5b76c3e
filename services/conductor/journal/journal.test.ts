import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { FakeLoki } from '../../loki/testing/fake-loki.js';
import type { Summary } from '../deploy/deploy.js';
import { planDeploy } from '../deploy/plan.js';
import { Failure } from '../failure.js';
import { doneDeploy } from '../testing/done-deploy.js';
import { SILENT } from '../testing/silent-report.js';
import { writeDeploy } from './deploy-lines.js';
import { Journal, unsentOf } from './journal.js';
import { Unsent } from './unsent.js';
import { writeVerb } from './verb-lines.js';

type Line = Readonly<Record<string, unknown>>;

let path: string;
const linesOf = (file: string): readonly Line[] =>
  readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);

beforeEach(() => {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-journal-'));
  path = join(folder, 'logs/conductor.log');
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
});

describe('a journal', () => {
  test('writes JSON lines to its file, and to Loki with the labels service and level', async () => {
    const loki = await FakeLoki.start();
    const journal = new Journal(path, loki.url);
    journal.write('INFO', { event: 'a', verb: 'up', release: undefined }, 'One');
    journal.write('ERROR', { event: 'b' }, 'Two');
    await journal.flush();
    const lines = linesOf(path);
    expect(lines).toMatchObject([
      { level: 'INFO', service: 'switchyard-conductor', event: 'a', verb: 'up', message: 'One' },
      { level: 'ERROR', event: 'b', message: 'Two' },
    ]);
    expect(loki.taken.map(({ line }) => JSON.parse(line) as Line)).toEqual(lines);
    expect(loki.taken[1]?.labels).toEqual({ service: 'switchyard-conductor', level: 'ERROR' });
  });

  test('a Loki that comes later gets the lines from before it', async () => {
    const loki = await FakeLoki.start();
    await loki.stop();
    const journal = new Journal(path, loki.url);
    journal.write('INFO', { event: 'a' }, '');
    await journal.flush();
    await loki.listen();
    journal.write('INFO', { event: 'b' }, '');
    await journal.flush();
    expect(loki.taken.map(({ line }) => (JSON.parse(line) as Line)['event'])).toEqual(['a', 'b']);
  });

  test('what Loki did not take while a verb ran is sent by the next one, with its time, once', async () => {
    const loki = await FakeLoki.start();
    await loki.stop();
    const up = new Journal(path, loki.url);
    up.write('INFO', { event: 'verb_started' }, '');
    up.write('INFO', { event: 'verb_done' }, '');
    await up.flush();
    const kept = new Unsent(unsentOf(path)).read();
    await loki.listen();
    for (const event of ['deploy_started', 'deploy_done']) {
      const next = new Journal(path, loki.url);
      next.write('INFO', { event }, '');
      await next.flush();
    }
    const events = loki.taken.map(({ line }) => (JSON.parse(line) as Line)['event']);
    expect(events).toEqual(['verb_started', 'verb_done', 'deploy_started', 'deploy_done']);
    expect(loki.taken.slice(0, 2).map(({ at }) => at)).toEqual(kept.map(({ at }) => at));
    expect(existsSync(unsentOf(path))).toBe(false);
  });

  test.each([['hangs' as const], [500]])('a Loki that is ill (%s) holds nothing up and fails nothing', async (mood) => {
    const loki = await FakeLoki.start();
    loki.mood = mood;
    const journal = new Journal(path, loki.url);
    journal.write('INFO', { event: 'a' }, '');
    const began = performance.now();
    await journal.flush();
    expect(performance.now() - began).toBeLessThan(1_800);
    expect(linesOf(path)).toHaveLength(1);
  });

  test('a file that can not be written fails nothing', async () => {
    const journal = new Journal('/proc/no/such/conductor.log', undefined);
    journal.write('INFO', { event: 'a' }, '');
    await journal.flush();
    expect(existsSync('/proc/no')).toBe(false);
  });

  test('a file that has grown large is put aside: two are kept', () => {
    mkdirSync(join(path, '..'));
    writeFileSync(`${path}.1`, 'the one before');
    writeFileSync(path, 'x'.repeat(5_000_001));
    new Journal(path, undefined).write('INFO', { event: 'a' }, '');
    expect(linesOf(path)).toHaveLength(1);
    expect(statSync(`${path}.1`).size).toBe(5_000_001);
  });
});

describe('a deploy', () => {
  const plan = planDeploy('blue', 'green', 'deploy', { kind: 'build', source: '' });
  const done = doneDeploy(7).deploys[0] as Summary;
  const failed: Summary = {
    ...done,
    outcome: 'failed',
    failed: 'smoke',
    cause: 'it stumbled',
    log: [],
    undone: true,
    undoOwed: true,
    troubles: [],
  };
  const write = async (summary: Summary): Promise<readonly Line[]> => {
    await writeDeploy(new Journal(path, undefined), plan, SILENT, (report) => {
      report.step('start green').done('a note');
      report.step('smoke tests on every green worker').failed();
      report.step('undo: stop new color').done('');
      return Promise.resolve(summary);
    });
    return linesOf(path);
  };

  test('begin, every step by its name, every undo, and the end with its figures', async () => {
    const about = { verb: 'promote', from: 'blue', to: 'green' };
    expect(await write(done)).toMatchObject([
      { event: 'deploy_started', level: 'INFO', ...about },
      { event: 'deploy_step', level: 'INFO', ...about, step: 'start', note: 'a note' },
      { event: 'deploy_step', level: 'WARN', ...about, step: 'smoke' },
      { event: 'deploy_step', level: 'INFO', ...about, step: 'undo: stop new color' },
      { event: 'deploy_done', level: 'INFO', ...about, release: 'r', moved: 7 },
    ]);
  });

  test.each<[string, string, object]>([
    ['deploy_rolled_back', 'WARN', {}],
    ['deploy_failed', 'ERROR', { undone: false, troubles: ['switch-back: no'] }],
    ['deploy_failed', 'ERROR', { undoOwed: false }],
  ])('%s', async (event, level, more) => {
    const lines = await write({ ...failed, ...more });
    expect(lines.at(-1)).toMatchObject({ event, level, step: 'smoke', cause: 'it stumbled' });
  });

  test('one that throws has failed', async () => {
    const run = (): Promise<Summary> => Promise.reject(new Failure('no disk'));
    await expect(writeDeploy(new Journal(path, undefined), plan, SILENT, run)).rejects.toThrow('no disk');
    expect(linesOf(path).at(-1)).toMatchObject({ event: 'deploy_failed', cause: 'no disk' });
  });
});

test('another verb: begin, steps, end, or what it failed of', async () => {
  const journal = new Journal(path, undefined);
  await writeVerb(journal, 'up', SILENT, (report) => Promise.resolve(report.step('Redis and nginx').done('')));
  const failing = writeVerb(journal, 'down', SILENT, () => Promise.reject(new Failure('no')));
  await expect(failing).rejects.toThrow('no');
  expect(linesOf(path).map(({ event, verb }) => `${String(event)} ${String(verb)}`)).toEqual([
    'verb_started up',
    'verb_step up',
    'verb_done up',
    'verb_started down',
    'verb_failed down',
  ]);
});
