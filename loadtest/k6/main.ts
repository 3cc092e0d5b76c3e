// The load test, for k6: what its members do is in scenarios.ts. `make load-test` runs it with a plan.
import type { Options, Scenario as K6Scenario, Threshold } from 'k6/options';
import { BOUNDED, FAULTS } from '../runner/measures.ts';
import { SCENARIOS, type Scenario } from '../runner/plan.ts';
import { beginCounting } from './metrics.ts';
import { MEMBERS_PER_THREAD, plan } from './plan.ts';
import { chat, fanOut, resume, storm } from './scenarios.ts';

/** For what is under way at the end, and for closing. */
const MORE_SECONDS = 60;
const FUNCTIONS: Readonly<Record<Scenario, string>> = {
  storm: 'storm',
  chat: 'chat',
  fan_out: 'fanOut',
  resume: 'resume',
};

const scenarios = Object.fromEntries(
  SCENARIOS.flatMap((name): [string, K6Scenario][] => {
    const members = plan.members[name] ?? 0;
    if (members === 0) return [];
    const vus = Math.ceil(members / MEMBERS_PER_THREAD);
    const maxDuration = `${plan.seconds + MORE_SECONDS}s`;
    const exec = FUNCTIONS[name];
    return [[name, { executor: 'per-vu-iterations', exec, vus, iterations: 1, maxDuration, gracefulStop: '5s' }]];
  }),
);
const none = Object.keys(FAULTS).map((name): [string, Threshold[]] => [name, ['count==0']]);
const bounded = BOUNDED.map((name): [string, Threshold[]] => [name, [`p(95)<${plan.p95Ms}`]]);

export const options: Options = {
  scenarios,
  thresholds: Object.fromEntries([...none, ...bounded]),
  systemTags: ['scenario'],
  summaryTrendStats: ['min', 'avg', 'med', 'p(95)', 'p(99)', 'max'],
};

export { chat, fanOut, resume, storm };
export const setup = beginCounting;
export const handleSummary = (data: unknown): Readonly<Record<string, string>> => ({
  [plan.summary]: JSON.stringify(data, null, 2),
});
