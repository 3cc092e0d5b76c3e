import { describe, expect, it } from 'vitest';
import { headings } from '../testing/observability-page.js';
import { alerts, recorded, ruleCases } from './testing/rule-files.js';

const documented = headings('Alerts');
const names = [...new Set(alerts().map(({ alert }) => alert))].sort();

/** As words may say a limit: a number, a share in percent, seconds in days. */
const wordings = (limit: string): readonly string[] => {
  const [number = '', factor] = limit.split(' * ');
  if (factor === '86400') return [`${number} days`];
  return [number, `${Number((Number(number) * 100).toFixed(6))}%`];
};
const says = (text: string, words: string): boolean =>
  new RegExp(String.raw`(?<![\d.])${words.replaceAll('.', String.raw`\.`)}(?![\d%]|\.\d)`).test(text);

/** What an expression compares with, but for 0. */
const limitsOf = (expr: string): readonly string[] =>
  [...expr.replaceAll(/"[^"]*"/g, '').matchAll(/[<>]=?\s*(\d[\d.]*(?: \* 86400)?)/g)]
    .map(([, limit = '']) => limit)
    .filter((limit) => limit !== '0');
const minutesOf = (expr: string): readonly string[] =>
  [...expr.matchAll(/\[(\d+)m\]/g)].map(([, minutes = '']) => `${minutes} minutes`);

describe('alert rules', () => {
  it('each has a heading in docs/OBSERVABILITY.md, and each heading an alert', () => {
    expect([...documented.keys()].sort()).toEqual(names);
  });

  it.each(alerts())(
    '$alert ($labels.severity) points at its heading, which says how bad it is and after how long',
    (rule) => {
      expect(rule.annotations.docs_url).toBe(`docs/OBSERVABILITY.md#${rule.alert.toLowerCase()}`);
      const text = documented.get(rule.alert);
      expect(text).toContain(
        rule.for === '0s' ? `\`${rule.labels.severity}\`, at once` : `\`${rule.labels.severity}\` after ${rule.for}`,
      );
      expect(text).toMatch(/^1\. .+\n(?:.*\n)*2\. /m);
    },
  );

  it.each(alerts())(
    '$alert ($labels.severity) has its limits and the time it looks back in its text',
    ({ alert, expr }) => {
      const text = documented.get(alert) ?? '';
      const untold = limitsOf(expr).filter((limit) => !wordings(limit).some((words) => says(text, words)));
      expect(untold).toEqual([]);
      expect(minutesOf(expr).filter((minutes) => !says(text, minutes))).toEqual([]);
    },
  );

  it('name in a summary the limit that they have', () => {
    const limits = alerts().flatMap(({ alert, expr, annotations }) =>
      [...annotations.summary.matchAll(/\(.*?limit ([\d.]+%?)/g)].map(([, words = '']) => [
        alert,
        limitsOf(expr).flatMap(wordings).includes(words),
      ]),
    );
    expect(limits.length).toBeGreaterThan(5);
    expect(limits.filter(([, isSo]) => isSo === false)).toEqual([]);
  });

  it.each(names)(
    '%s is tried by promtool: a case in which it fires, and clears, and one in which it stays silent',
    (name) => {
      const cases = ruleCases()
        .map(({ alert_rule_test: checks }) => checks.filter(({ alertname }) => alertname === name))
        .filter((checks) => checks.length > 0)
        .map((checks) => checks.map(({ exp_alerts: expected }) => expected.length > 0));
      expect(cases.some((fires) => fires.every((fired) => !fired))).toBe(true);
      expect(cases.some((fires) => fires.lastIndexOf(false) > fires.indexOf(true) && fires.includes(true))).toBe(true);
    },
  );

  it('say the same of a name wherever it stands: a severity is there once', () => {
    const pairs = alerts().map(({ alert, labels }) => `${alert} ${labels.severity}`);
    expect(new Set(pairs).size).toBe(pairs.length);
  });
});

describe('recorded expressions', () => {
  it('are named level:metric:operation', () => {
    for (const { record } of recorded()) expect(record).toMatch(/^[a-z]+:[a-z_]+:[a-z0-9_]+$/);
  });
});
