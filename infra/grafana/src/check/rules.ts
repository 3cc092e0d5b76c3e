import { z } from 'zod';
import { ask } from './answers.js';

const Rule = z.object({
  name: z.string(),
  health: z.string(),
  lastError: z.string().default(''),
  alerts: z.array(z.object({ annotations: z.record(z.string(), z.string()) })).default([]),
});
const Rules = z.object({ data: z.object({ groups: z.array(z.object({ name: z.string(), rules: z.array(Rule) })) }) });

export type RulesReport = Readonly<{ count: number; faults: readonly string[] }>;

/** What Prometheus says of the rules it has loaded: each is evaluated without an error, and what fires has its words. */
export const rulesReport = async (prometheus: string): Promise<RulesReport> => {
  const { data } = Rules.parse(await ask(prometheus, '/api/v1/rules', {}));
  const rules = data.groups.flatMap(({ rules: of }) => of);
  const faults = rules.flatMap(({ name, health, lastError, alerts }) => {
    if (health !== 'ok') return [`rule ${name}: ${health === 'unknown' ? 'not evaluated yet' : lastError}`];
    const texts = alerts.flatMap(({ annotations }) => Object.values(annotations));
    const broken = texts.filter((text) => text.includes('<error expanding template'));
    return broken.map((text) => `rule ${name}: ${text}`);
  });
  return { count: rules.length, faults: rules.length === 0 ? ['Prometheus has loaded no rule'] : faults };
};
