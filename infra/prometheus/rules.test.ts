import { describe, expect, it } from 'vitest';
import { headings } from '../testing/observability-page.js';
import { alerts, recorded, ruleCases } from './testing/rule-files.js';

const documented = headings('Alerts');
const names = [...new Set(alerts().map(({ alert }) => alert))].sort();

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
