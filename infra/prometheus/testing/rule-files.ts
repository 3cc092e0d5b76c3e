import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

const prometheus = resolve(import.meta.dirname, '..');

const Alert = z.object({
  alert: z.string(),
  expr: z.string(),
  for: z.string(),
  labels: z.strictObject({ severity: z.enum(['critical', 'warning', 'info']) }),
  annotations: z.strictObject({ summary: z.string(), description: z.string(), docs_url: z.string() }),
});
const Recorded = z.strictObject({ record: z.string(), expr: z.string() });
const RuleFile = z.object({
  groups: z.array(z.object({ name: z.string(), rules: z.array(z.union([Alert, Recorded])) })),
});
const TestFile = z.object({
  tests: z.array(
    z.object({
      name: z.string(),
      alert_rule_test: z.array(z.object({ alertname: z.string(), exp_alerts: z.array(z.unknown()) })),
    }),
  ),
});

export type Alert = z.infer<typeof Alert>;
export type RuleCase = z.infer<typeof TestFile>['tests'][number];

/** The files of a folder beside this one, by their paths. */
export const filesOf = (folder: 'rules' | 'tests'): readonly string[] =>
  readdirSync(join(prometheus, folder)).map((name) => join(prometheus, folder, name));

const read = <T>(folder: 'rules' | 'tests', schema: z.ZodType<T>): readonly T[] =>
  filesOf(folder).map((file) => schema.parse(parse(readFileSync(file, 'utf8'))));

const rules = () => read('rules', RuleFile).flatMap(({ groups }) => groups.flatMap((group) => group.rules));

export const alerts = (): readonly Alert[] => rules().filter((rule) => 'alert' in rule);
export const recorded = () => rules().filter((rule) => 'record' in rule);
export const ruleCases = (): readonly RuleCase[] => read('tests', TestFile).flatMap(({ tests }) => tests);
