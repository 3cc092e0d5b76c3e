import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { filesOf, ruleCases } from './testing/rule-files.js';

const promtool = (...words: string[]): Promise<{ stdout: string }> => promisify(execFile)('promtool', words);

describe('promtool', () => {
  it('takes every file of rules', async () => {
    const { stdout } = await promtool('check', 'rules', ...filesOf('rules'));
    expect(stdout.match(/SUCCESS/g)).toHaveLength(filesOf('rules').length);
  });

  it(`finds that each alert fires and clears as its ${ruleCases().length} cases say`, async () => {
    const { stdout } = await promtool('test', 'rules', ...filesOf('tests'));
    expect(stdout.match(/SUCCESS/g)).toHaveLength(filesOf('tests').length);
  });
});
