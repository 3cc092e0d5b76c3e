import { ledgerFileName, ledgerJson, ledgerLines } from '../../ledger/report.js';
import type { Summary } from '../deploy/deploy.js';
import { INTERRUPTED } from '../interrupt.js';
import type { Report } from '../report.js';
import type { Site } from '../site.js';
import { excerptOf } from './log-excerpt.js';

type Failed = Extract<Summary, { outcome: 'failed' }>;

/** Prints what a deploy came to: of one that failed the cause and what to do are the last lines. */
export const tellDeploy = (site: Site, summary: Summary, report: Report): void => {
  const shortfalls = summary.shortfalls.map((text) => `  fell short: ${text}`);
  switch (summary.outcome) {
    case 'done':
      report.say([doneWords(summary), ...shortfalls].join('\n'));
      tellLedger(site, summary, report);
      return;
    case 'failed':
      tellLedger(site, summary, report);
      report.say('');
      report.rows(excerptOf(summary.log, site.run.file('logs')));
      report.say([...shortfalls, ...failedWords(summary)].join('\n'));
      return;
  }
  return summary satisfies never;
};

const doneWords = ({ to, release = '', moved, steps }: Summary): string => {
  const total = steps.reduce((sum, { seconds }) => sum + seconds, 0);
  return `${to} is active with release ${release}: ${moved} client connections moved, ${total.toFixed(1)} s`;
};

export const failedWords = (summary: Failed): readonly string[] => [
  ...summary.troubles.map((text) => `  could not be undone: ${text}`),
  `Failed in "${summary.failed}": ${summary.cause}`,
  ...nextWords(summary),
];

/** What serves now, and what to do. */
const nextWords = ({ cause, undone, undoOwed, from, to, reason }: Failed): readonly string[] => {
  const verb = reason === 'deploy' ? '"make promote"' : '"make rollback"';
  if (undone) {
    const next = cause.startsWith(INTERRUPTED) ? `${verb} begins anew.` : `Mend what is named, then ${verb} again.`;
    return [`${undoOwed ? 'Everything was undone' : 'Nothing was changed'}: ${from} is active as before.`, next];
  }
  if (undoOwed) return ['Not everything could be undone: "make status" says what serves, and what to do.'];
  return [reason === 'deploy' ? `${to} is active now: ${verb} again.` : `${to} is active now.`];
};

/** Prints what the ledger came to, and keeps it in the run directory. */
const tellLedger = (site: Site, { ledger, release = 'none' }: Summary, report: Report): void => {
  if (ledger === undefined) return;
  const file = `ledger/${ledgerFileName(ledger, release)}`;
  site.run.write(file, ledgerJson(ledger, release));
  report.say(['', ...ledgerLines(ledger, site.run.file(file))].join('\n'));
};
