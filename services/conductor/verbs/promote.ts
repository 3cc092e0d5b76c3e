import { counted } from '../deploy-totals.js';
import { deploy, type Summary } from '../deploy/deploy.js';
import { planDeploy, promotions, type ReleaseChoice } from '../deploy/plan.js';
import { otherColor, type Color } from '../engines/engine.js';
import { Failure, NOT_UP } from '../failure.js';
import { writeDeploy } from '../journal/deploy-lines.js';
import type { Report } from '../report.js';
import { releaseRunBy, type Site } from '../site.js';
import { changesOf, changeWords } from '../worker-settings.js';
import { tellDeploy } from './tell-deploy.js';

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
  } else tellChanges(site, report);
  const deploys: Summary[] = [];
  for (const { from, to } of wanted) {
    report.say(`Promote: ${from} → ${to}`);
    // There and back is one release.
    const built = deploys[0]?.release;
    const choice: ReleaseChoice =
      built === undefined ? { kind: 'build', source: site.source } : { kind: 'reuse', id: built };
    const plan = planDeploy(from, to, 'deploy', choice);
    const summary = await counted(site.run, 'promote', report.say.bind(report), () =>
      writeDeploy(site.journal, plan, report, (noted) => deploy(site, plan, noted, signal)),
    );
    deploys.push(summary);
    tellDeploy(site, summary, report);
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
  tellChanges(site, report);
  const { settings = [] } = site.run.deploys().history.at(-1) ?? {};
  if (settings.length > 0) {
    report.say(
      `Settings that the last deploy changed stay as they are: ${settings.join(', ')}. A release has none of its own.`,
    );
  }
  const plan = planDeploy(from, to, 'rollback', { kind: 'reuse', id });
  const summary = await counted(site.run, 'rollback', report.say.bind(report), () =>
    writeDeploy(site.journal, plan, report, (noted) => deploy(site, plan, noted, signal)),
  );
  tellDeploy(site, summary, report);
  return result(site, [summary]);
};

const result = async (site: Site, deploys: readonly Summary[]): Promise<DeployResult> => {
  const failed = deploys.some((summary) => summary.outcome === 'failed');
  const outcome = deploys.length === 0 ? 'unchanged' : failed ? 'failed' : 'done';
  return { outcome, active: await requireActive(site), deploys };
};

const tellChanges = (site: Site, report: Report): void => {
  const words = changeWords(
    changesOf(site.run.remembered()?.worker_environment ?? {}, site.settings.worker_environment),
  );
  if (words !== undefined) report.say(words);
};

const requireActive = async (site: Site): Promise<Color> => {
  const active = (await site.stack.isUp()) ? await site.engine.active() : undefined;
  if (active === undefined) throw new Failure(NOT_UP);
  return active;
};
