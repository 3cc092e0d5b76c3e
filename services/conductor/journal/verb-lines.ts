import { messageOf } from '../failure.js';
import type { Report } from '../report.js';
import type { Journal } from './journal.js';
import { NotedReport } from './noted-report.js';

/** Runs a verb that is no deploy and writes it down: `verb_started`, its steps, `verb_done` or `verb_failed`. */
export const writeVerb = async (
  journal: Journal,
  verb: 'up' | 'down',
  report: Report,
  run: (report: Report) => Promise<void>,
): Promise<void> => {
  const began = performance.now();
  const seconds = (): number => Math.round(performance.now() - began) / 1_000;
  journal.write('INFO', { event: 'verb_started', verb }, verb);
  const noted = new NotedReport(report, ({ text, note, failed, ...end }) => {
    const fields = { event: 'verb_step', verb, step: text, seconds: end.seconds, note: note || undefined };
    journal.write(failed ? 'WARN' : 'INFO', fields, `${text}${failed ? ': failed' : ''}`);
  });
  try {
    await run(noted);
    journal.write('INFO', { event: 'verb_done', verb, seconds: seconds() }, `${verb} done`);
  } catch (error) {
    const fields = { event: 'verb_failed', verb, seconds: seconds(), cause: messageOf(error) };
    journal.write('ERROR', fields, `${verb} failed`);
    throw error;
  } finally {
    await journal.flush();
  }
};
