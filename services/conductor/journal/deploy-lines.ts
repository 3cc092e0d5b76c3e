import type { Summary } from '../deploy/deploy.js';
import type { Plan } from '../deploy/plan.js';
import { messageOf } from '../failure.js';
import type { Report } from '../report.js';
import type { Journal } from './journal.js';
import { NotedReport } from './noted-report.js';

/**
 * Runs a deploy and writes it down: `deploy_started`, a `deploy_step` for each step and undo, and `deploy_done`,
 * `deploy_rolled_back` or `deploy_failed`. docs/OBSERVABILITY.md has their fields.
 */
export const writeDeploy = async (
  journal: Journal,
  plan: Plan,
  report: Report,
  run: (report: Report) => Promise<Summary>,
): Promise<Summary> => {
  const verb = plan.reason === 'deploy' ? 'promote' : 'rollback';
  const about = { verb, from: plan.from, to: plan.to };
  const began = performance.now();
  const seconds = (): number => Math.round(performance.now() - began) / 1_000;
  const release = plan.release.kind === 'reuse' ? plan.release.id : undefined;
  journal.write('INFO', { event: 'deploy_started', ...about, release }, `${verb}: ${plan.from} to ${plan.to}`);
  const names = new Map(plan.steps.map(({ name, does }) => [does, name]));
  const noted = new NotedReport(report, (end) => {
    const fields = { step: names.get(end.text) ?? end.text, seconds: end.seconds, note: end.note || undefined };
    const message = `${end.text}${end.failed ? ': failed' : ''}`;
    journal.write(end.failed ? 'WARN' : 'INFO', { event: 'deploy_step', ...about, ...fields }, message);
  });
  try {
    const summary = await run(noted);
    writeEnd(journal, { ...about, release: summary.release }, summary, seconds());
    return summary;
  } catch (error) {
    const fields = { event: 'deploy_failed', ...about, release, seconds: seconds(), cause: messageOf(error) };
    journal.write('ERROR', fields, `${verb} failed`);
    throw error;
  } finally {
    await journal.flush();
  }
};

type About = Readonly<{ verb: string; from: string; to: string; release: string | undefined }>;

const writeEnd = (journal: Journal, about: About, summary: Summary, seconds: number): void => {
  const { moved, shortfalls, ledger } = summary;
  const { acked, lost, duplicated } = ledger?.verdict ?? {};
  const fields = { ...about, seconds, moved, acked, lost, duplicated, shortfalls };
  if (summary.outcome === 'done') {
    journal.write('INFO', { event: 'deploy_done', ...fields }, `${about.verb} done: ${about.to} is active`);
    return;
  }
  const { failed, cause, undone, undoOwed, troubles } = summary;
  const failure = { ...fields, step: failed, cause, troubles };
  // What failed before it changed anything has nothing that could be rolled back.
  if (undone && undoOwed) {
    const message = `${about.verb} taken back: ${about.from} is active as before`;
    journal.write('WARN', { event: 'deploy_rolled_back', ...failure }, message);
  } else journal.write('ERROR', { event: 'deploy_failed', ...failure }, `${about.verb} failed`);
};
