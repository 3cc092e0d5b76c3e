import { answerTo, ask } from './answers.js';
import { DASHBOARDS, readDashboard, type Variable } from './dashboard-file.js';
import { filledIn, questionsOf, type Question, type View } from './questions.js';
import { rulesReport } from './rules.js';
import { substanceOf } from './substance.js';

export type CheckOptions = Readonly<{
  prometheus: string;
  /** Undefined: Loki's queries are left out, and counted. */
  loki: string | undefined;
  view: View;
  say(line: string): void;
}>;

/** True where something answers as Loki does. */
export const isLoki = async (url: string): Promise<boolean> =>
  ask(url, '/loki/api/v1/labels', {}).then(
    () => true,
    () => false,
  );

/**
 * Asks every query of every dashboard, and says which gave an error, nothing, or no more than the zero that it falls back
 * to; then the same of the rules.
 * Resolves to whether all is well. The checkout's root is the working directory.
 */
export const checkDashboards = async ({ prometheus, loki, view, say }: CheckOptions): Promise<boolean> => {
  let [asked, leftOut, wrong, empty] = [0, 0, 0, 0];
  for (const file of DASHBOARDS) {
    const dashboard = readDashboard(file);
    for (const question of questionsOf(dashboard)) {
      const base = question.source === 'loki' ? loki : prometheus;
      if (base === undefined) {
        leftOut += 1;
        continue;
      }
      asked += 1;
      const fault = await faultOf(question, dashboard.templating.list, base, view);
      if (fault === undefined) continue;
      wrong += 1;
      if (fault.startsWith(NO_DATA)) empty += 1;
      say(`${file}: dashboard "${question.dashboard}", ${question.place}: ${fault}`);
    }
  }
  const rules = await rulesReport(prometheus);
  for (const fault of rules.faults) say(fault);
  if (leftOut > 0) say(`${leftOut} queries of Loki were left out: it does not run here (make setup-observability)`);
  if (empty > 0)
    say('No data: it wants messages that somebody hears within the last minutes, and a promote before that.');
  say(
    `${asked} queries of ${DASHBOARDS.length} dashboards, ${wrong} without an answer; ${rules.count} rules, ${rules.faults.length} with a fault`,
  );
  return wrong === 0 && rules.faults.length === 0;
};

const NO_DATA = 'no data';

/** The first of the query, and of what must be behind it, that has no answer. */
const faultOf = async (
  question: Question,
  variables: readonly Variable[],
  base: string,
  view: View,
): Promise<string | undefined> => {
  for (const asked of [question.expr, substanceOf(question)]) {
    if (asked === undefined) continue;
    const expr = filledIn(asked, variables, view);
    try {
      if ((await answerTo(question, expr, base, view)) === 0) return `${NO_DATA} for ${expr}`;
    } catch (error) {
      return `${error instanceof Error ? error.message : String(error)} for ${expr}`;
    }
  }
  return undefined;
};
