import type { ProgressMore, Report } from '../report.js';

/** A step of a verb that is over. `text`: as it stood on the screen. */
export type StepEnd = Readonly<{ text: string; seconds: number; note: string; failed: boolean }>;

/** A report that also tells of the end of each step. */
export class NotedReport implements Report {
  readonly #report: Report;
  readonly #onStep: (end: StepEnd) => void;

  constructor(report: Report, onStep: (end: StepEnd) => void) {
    this.#report = report;
    this.#onStep = onStep;
  }

  say(text: string): void {
    this.#report.say(text);
  }

  rows(lines: readonly string[]): void {
    this.#report.rows(lines);
  }

  step(text: string): ReturnType<Report['step']> {
    const began = performance.now();
    const line = this.#report.step(text);
    const end = (note: string, failed: boolean): void => {
      const seconds = Math.round(performance.now() - began) / 1_000;
      this.#onStep({ text, seconds, note, failed });
    };
    return {
      done: (note) => {
        line.done(note);
        end(note, false);
      },
      failed: () => {
        line.failed();
        end('', true);
      },
    };
  }

  progress(text: string, done: number, total: number, more?: ProgressMore): void {
    this.#report.progress(text, done, total, more);
  }
}
