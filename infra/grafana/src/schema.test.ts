import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DASHBOARDS } from './check/dashboard-file.js';
import { schemaProgram } from './testing/schema-program.js';

const checkout = resolve(import.meta.dirname, '../../..');
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'switchyard-schema-'));
  symlinkSync(join(checkout, 'node_modules'), join(folder, 'node_modules'));
  const compilerOptions = {
    module: 'NodeNext',
    target: 'ES2023',
    strict: true,
    skipLibCheck: true,
    noEmit: true,
    types: [],
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What the compiler says against the program; empty when it takes it. */
const compile = (program: string): Promise<string> => {
  writeFileSync(join(folder, 'dashboard.ts'), program);
  return new Promise((done) => {
    const tsc = join(checkout, 'node_modules/typescript/bin/tsc');
    execFile(process.execPath, [tsc, '-p', folder], (_error, stdout, stderr) => done(`${stdout}${stderr}`));
  });
};

describe("Grafana's schema", () => {
  it.each(DASHBOARDS)('takes %s', { timeout: 30_000 }, async (file) => {
    expect(await compile(schemaProgram(join(checkout, file)))).toBe('');
  });

  it.each([
    ['a field that it does not have', '"graphTooltip":1', '"graphToolTip":1'],
    ['a value that is none of its list', '"stacking":{"mode":"normal"', '"stacking":{"mode":"upwards"'],
    ['a value of another type', '"schemaVersion":42', '"schemaVersion":"42"'],
    ['a field of a query that its datasource does not have', '"maxLines":', '"mostLines":'],
  ])('does not take %s', { timeout: 30_000 }, async (_what, right, wrong) => {
    const program = schemaProgram(join(checkout, 'infra/grafana/dashboards/logs.json'));
    expect(program).toContain(right);
    expect(await compile(program.replaceAll(right, wrong))).toContain('error TS');
  });
});
