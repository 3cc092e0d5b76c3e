import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { encodePush, pushTo, type Entry } from '../../loki/push.js';
import { lokiBinary, PrivateLoki } from '../../../bench/private-loki.js';

const MAIN = resolve(import.meta.dirname, '../../../dist/services/conductor/main.js');
const binary = lokiBinary(process.env);
/** Stands in the name of the tests, where there is no Loki. */
const where =
  binary === undefined ? 'skipped: no Loki here, "make setup-observability" builds it' : 'and the real Loki';

const runDir = mkdtempSync(join(tmpdir(), 'switchyard-logs-'));
const began = Date.now() - 60_000;

/** The lines of the test: of two workers and the conductor, a second apart. */
const LINES = [
  ['blue-1', 'INFO', 'websocket_connected', { session_id: 'abcdefabcdef' }],
  ['green-2', 'WARN', 'redis_lost', {}],
  ['conductor', 'INFO', 'deploy_started', { verb: 'promote' }],
  ['green-2', 'ERROR', 'http_error', { error: 'a "quoted" one' }],
  ['blue-1', 'INFO', 'websocket_disconnected', { session_id: 'abcdefabcdef', code: 1012 }],
  ['conductor', 'ERROR', 'deploy_failed', { verb: 'promote' }],
] as const;
const labelsOf = (source: string): Record<string, string> => {
  const [color = '', worker = ''] = source.split('-');
  return source === 'conductor' ? { service: 'switchyard-conductor' } : { service: 'switchyard-test', color, worker };
};
const lineOf = (atMs: number, source: string, level: string, event: string, fields: object): string =>
  JSON.stringify({
    timestamp: new Date(atMs).toISOString(),
    level,
    ...labelsOf(source),
    event,
    ...fields,
    message: 'M',
  });

const logs = (words: readonly string[], settings: Readonly<Record<string, string>>) => {
  const child = spawn(process.execPath, [MAIN, 'logs', ...words], {
    env: { PATH: process.env['PATH'] ?? '', RUN_DIR: runDir, ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()));
  return { output, ended: once(child, 'close').then(([code]) => ({ code: code as number, ...output })) };
};
const run = (words: readonly string[], settings: Readonly<Record<string, string>> = {}) => logs(words, settings).ended;

beforeAll(() => {
  mkdirSync(join(runDir, 'logs'));
  for (const [index, [source, level, event, fields]] of LINES.entries()) {
    const line = lineOf(began + index * 1_000, source, level, event, fields);
    appendFileSync(join(runDir, 'logs', `${source}.log`), `${line}\n`);
  }
});
afterAll(() => rmSync(runDir, { recursive: true, force: true }));

describe.skipIf(binary === undefined)(`logs, ${where}`, () => {
  let loki: PrivateLoki;
  const push = async (atMs: number, source: string, level: string, event: string, fields: object): Promise<void> => {
    const entry: Entry = { level, at: `${atMs}000000`, line: lineOf(atMs, source, level, event, fields) };
    expect(await pushTo(loki.url)(encodePush(labelsOf(source), [entry]), 5_000)).toEqual({ kind: 'taken' });
  };

  beforeAll(async () => {
    loki = await PrivateLoki.prepare(binary ?? '');
    await loki.start();
    for (const [index, [source, level, event, fields]] of LINES.entries()) {
      await push(began + index * 1_000, source, level, event, fields);
    }
  });
  afterAll(() => loki.close());

  test.each<[Record<string, string>, number]>([
    [{}, 6],
    [{ LEVEL: 'warn' }, 3],
    [{ LEVEL: 'info', EVENT: 'websocket_' }, 2],
    [{ EVENT: 'deploy' }, 2],
    [{ COLOR: 'green' }, 2],
    [{ SESSION: 'abcdef' }, 2],
    [{ SESSION: 'nobody' }, 0],
    [{ LINES: '2' }, 2],
    [{ LINES: '0' }, 0],
    [{ SINCE: new Date(began + 3_000).toISOString() }, 3],
  ])('%j: the same lines from Loki as from the files', async (settings, count) => {
    const [ofLoki, ofFiles] = await Promise.all([run([], { ...settings, LOKI_URL: loki.url }), run([], settings)]);
    expect(ofLoki.stderr).not.toContain('From the files');
    expect(ofLoki.stdout).toBe(ofFiles.stdout);
    expect(ofLoki.stdout.split('\n').filter((line) => line !== '')).toHaveLength(count);
    expect(ofLoki.code).toBe(0);
  });

  test('it follows: each new line once, in its turn', async () => {
    const { output } = logs(['-f', '--json', '--lines', '1'], { LOKI_URL: loki.url });
    await expect.poll(() => output.stdout).toContain('deploy_failed');
    await push(Date.now(), 'blue-1', 'INFO', 'new_one', {});
    await expect.poll(() => output.stdout).toContain('new_one');
    await push(Date.now(), 'blue-1', 'INFO', 'new_two', {});
    await expect.poll(() => output.stdout).toContain('new_two');
    expect(output.stdout.trimEnd().split('\n')).toHaveLength(3);
  });

  test('a query of its own, and what is wrong with it in the words of Loki', async () => {
    const settings = { LOKI_URL: loki.url, QUERY: '{service="switchyard-test"} |= "ERROR"' };
    expect((await run([], settings)).stdout).toContain('http_error');
    const wrong = await run([], { ...settings, QUERY: '{service=' });
    expect(wrong).toMatchObject({ code: 2, stdout: '' });
    expect(wrong.stderr).toContain('Loki: parse error');
    const figures = await run([], { ...settings, QUERY: 'count_over_time({service="switchyard-test"}[1h])' });
    expect(figures).toMatchObject({ code: 2, stderr: 'Loki: the query asks for figures, not for lines\n' });
    const both = await run([], { ...settings, LEVEL: 'warn' });
    expect(both).toMatchObject({ code: 2, stderr: 'QUERY= and LEVEL= do not go together: let the query say it\n' });
  });
});

test('where Loki does not answer the lines come from the files, and a query says what it needs', async () => {
  const settings = { LOKI_URL: 'http://127.0.0.1:9' };
  const { code, stdout, stderr } = await run(['--lines', '1'], settings);
  expect([code, stdout]).toEqual([0, expect.stringContaining('deploy_failed')]);
  expect(stderr).toBe(`From the files in ${runDir}/logs: no Loki at http://127.0.0.1:9.\n`);
  const asked = await run(['--lines', '1'], { ...settings, FROM: 'files' });
  expect(asked).toEqual({ code: 0, stdout, stderr: '' });
  for (const more of [settings, {}]) {
    expect((await run([], { ...more, FROM: 'loki' })).stderr).toContain('FROM=loki');
    const failed = await run([], { ...more, QUERY: '{a="b"}' });
    expect(failed.code).toBe(1);
    expect(failed.stderr).toContain('QUERY= needs Loki');
    expect(failed.stderr).toContain('make setup-observability');
  }
  expect(await run([], { FROM: 'paper' })).toMatchObject({ code: 2, stderr: 'FROM=paper is not one of loki, files\n' });
  expect(await run([], { FROM: 'files', QUERY: '{a="b"}' })).toMatchObject({ code: 2 });
});

test('it follows the files too', async () => {
  const { output } = logs(['--lines', '1'], { FOLLOW: '1' });
  await expect.poll(() => output.stdout).toContain('deploy_failed');
  const line = lineOf(Date.now(), 'blue-9', 'INFO', 'new_one', {});
  writeFileSync(join(runDir, 'logs/blue-9.log'), `${line}\n`);
  await expect.poll(() => output.stdout).toContain('blue-9    new_one');
  rmSync(join(runDir, 'logs/blue-9.log'));
});

test.each(['0', '1'])('a run directory that is not there: which, and what to do (FOLLOW=%s)', async (follow) => {
  const settings = { RUN_DIR: join(runDir, 'elsewhere'), FOLLOW: follow };
  expect(await run([], settings)).toEqual({
    code: 1,
    stdout: '',
    stderr: `There is no log in ${runDir}/elsewhere/logs: "make dev-up" starts a stack there, RUN_DIR= names another one.\n`,
  });
});
