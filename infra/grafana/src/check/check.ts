import { answerTo, ask } from './answers.js';
import { DASHBOARDS, readDashboard } from './dashboard-file.js';
import { filledIn, questionsOf, type Question, type View } from './questions.js';
import { rulesReport } from './rules.js';

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
 * Asks every query of every dashboard, and says which gave an error or nothing; then the same of the rules.
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
      const fault = await faultOf(question, filledIn(question.expr, dashboard.templating.list, view), base, view);
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

const faultOf = async (question: Question, expr: string, base: string, view: View): Promise<string | undefined> => {
  try {
    return (await answerTo(question, expr, base, view)) === 0 ? `${NO_DATA} for ${expr}` : undefined;
  } catch (error) {
    return `${error instanceof Error ? error.message : String(error)} for ${expr}`;
  }
};
