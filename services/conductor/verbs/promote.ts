import { ledgerFileName, ledgerJson, ledgerLines } from '../../ledger/report.js';
import { deploy, type Summary } from '../deploy/deploy.js';
import { planDeploy, promotions, type ReleaseChoice } from '../deploy/plan.js';
import { otherColor, type Color } from '../engines/engine.js';
import { Failure } from '../failure.js';
import type { Report } from '../report.js';
import { releaseRunBy, type Site } from '../site.js';

/** What a promote or rollback came to. `unchanged`: the wish was fulfilled before. */
export type DeployResult = Readonly<{
  outcome: 'unchanged' | 'done' | 'failed';
  active: Color;
  deploys: readonly Summary[];
}>;

export const promote = async (
  site: Site,
  wish: Color | undefined,
  force: boolean,
  report: Report,
  signal: AbortSignal,
): Promise<DeployResult> => {
  const active = await requireActive(site);
  const wanted = promotions(active, wish, force);
  if (wanted.length === 0) {
    report.say(`${active} is active already: nothing changed. FORCE=1 deploys through ${otherColor(active)} and back.`);
  }
  const deploys: Summary[] = [];
  for (const { from, to } of wanted) {
    report.say(`Promote: ${from} → ${to}`);
    // There and back is one release.
    const built = deploys[0]?.release;
    const choice: ReleaseChoice =
      built === undefined ? { kind: 'build', source: site.source } : { kind: 'reuse', id: built };
    const summary = await deploy(site, planDeploy(from, to, 'deploy', choice), report, signal);
    deploys.push(summary);
    tell(site, summary, report);
    if (summary.outcome === 'failed') break;
  }
  return result(site, deploys);
};

export const rollback = async (site: Site, report: Report, signal: AbortSignal): Promise<DeployResult> => {
  const from = await requireActive(site);
  const to = otherColor(from);
  // A deploy that was killed has not written down what it made active.
  const current = (await releaseRunBy(site, from)) ?? site.run.releaseOf(from);
  const id = current === undefined ? undefined : site.run.releaseBefore(current);
  if (id === undefined) throw new Failure('there is no previous release to go back to: nothing was promoted yet');
  report.say(`Rollback: ${from} → ${to}, release ${id}`);
  const summary = await deploy(site, planDeploy(from, to, 'rollback', { kind: 'reuse', id }), report, signal);
  tell(site, summary, report);
  return result(site, [summary]);
};

/** Prints what a deploy came to, and keeps its ledger in the run directory. */
const tell = (site: Site, summary: Summary, report: Report): void => {
  const { ledger, release = 'none' } = summary;
  const file = ledger === undefined ? '' : `ledger/${ledgerFileName(ledger, release)}`;
  if (ledger !== undefined) site.run.write(file, ledgerJson(ledger, release));
  report.say(deployWords(summary, site.run.file(file)));
};

/** A deploy and its ledger, which `file` holds, in words: the cause of a failure stands last, in whichever of the two it is. */
export const deployWords = (summary: Summary, file: string): string => {
  const { ledger, outcome } = summary;
  if (ledger === undefined) return describe(summary);
  const lines = ledgerLines(ledger, file).join('\n');
  const ledgerLast = outcome === 'done' || !ledger.clean;
  return (ledgerLast ? [describe(summary), '', lines] : [lines, '', describe(summary)]).join('\n');
};

const result = async (site: Site, deploys: readonly Summary[]): Promise<DeployResult> => {
  const failed = deploys.some((summary) => summary.outcome === 'failed');
  const outcome = deploys.length === 0 ? 'unchanged' : failed ? 'failed' : 'done';
  return { outcome, active: await requireActive(site), deploys };
};

const requireActive = async (site: Site): Promise<Color> => {
  const active = (await site.stack.isUp()) ? await site.engine.active() : undefined;
  if (active === undefined) throw new Failure('the stack is not up: "make dev-up" starts it');
  return active;
};

export const describe = (summary: Summary): string => {
  const total = summary.steps.reduce((sum, { seconds }) => sum + seconds, 0);
  const shortfalls = summary.shortfalls.map((text) => `  fell short: ${text}`);
  switch (summary.outcome) {
    case 'done': {
      const words = `${summary.to} is active with release ${summary.release ?? ''}: ${summary.moved} connections moved, ${total.toFixed(1)} s`;
      return [words, ...shortfalls].join('\n');
    }
    case 'failed':
      return [
        `Failed in "${summary.failed}": ${summary.cause}`,
        ...summary.log.map((line) => `  ${line}`),
        ...summary.troubles.map((text) => `  could not be undone: ${text}`),
        ...shortfalls,
        summary.undone ? `Everything was undone: ${summary.from} is active as before.` : 'Look at "make status".',
      ].join('\n');
  }
  return summary satisfies never;
};
