import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { StackSettings } from '../settings.js';
import { SILENT } from '../testing/silent-report.js';
import { chooseRunUser } from './choose-run-user.js';

const choose = async (mode: number, settings: Partial<StackSettings> = {}) => {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-user-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  chmodSync(folder, mode);
  const said: string[] = [];
  const report = { ...SILENT, say: (words: string) => void said.push(words) };
  const { RUN_USER: user } = await chooseRunUser(StackSettings.parse(settings), folder, [process.execPath], report);
  return { user, said };
};

describe.skipIf(process.getuid?.() !== 0)('root starts a stack', () => {
  test('as nobody where nobody gets to it, as root where that is asked for', async () => {
    expect(await choose(0o755)).toEqual({ user: 'nobody', said: [] });
    expect(await choose(0o755, { RUN_USER: 'root' })).toEqual({ user: 'root', said: [] });
  });

  test('as root where nobody does not get to it, and says why; in production, or as a user that was named, not at all', async () => {
    const { user, said } = await choose(0o700);
    expect([user, ...said]).toEqual([
      'root',
      expect.stringMatching(/^Note: everything runs as root: nobody can't reach /),
    ]);
    await expect(choose(0o700, { MODE: 'production' })).rejects.toThrow('RUN_USER=root runs everything as root');
    await expect(choose(0o700, { RUN_USER: 'nobody' })).rejects.toThrow("RUN_USER=nobody: nobody can't reach ");
  });
});
