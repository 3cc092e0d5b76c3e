import { z } from 'zod';
import { parseJson } from '../../protocol/json.js';
import type { WorkerLease } from '../broker/cluster-directory.js';
import { TOP, type LimitReport, type LimitReports } from '../limits/reports.js';
import { mergeRows } from '../limits/tally.js';
import type { Questions } from './questions.js';

const QUESTION = '{"limits":true}';

const rows = z.array(
  z.object({ key: z.string(), messages: z.number(), connections: z.number(), disconnects: z.number() }),
);
const workerReport = z.object({
  messages: z.number(),
  connections: z.number(),
  disconnects: z.number(),
  clients: rows,
  addresses: rows,
});

/** Who is limited most in the whole cluster: each worker is asked for its own table. */
export class LimitOverview {
  readonly #workerId: string;
  readonly #reports: LimitReports;
  readonly #questions: Questions;

  constructor(workerId: string, reports: LimitReports, questions: Questions) {
    this.#workerId = workerId;
    this.#reports = reports;
    this.#questions = questions;
  }

  /** What this worker answers when it is asked; undefined: the question is another one. */
  answer(question: string): string | undefined {
    return question === QUESTION ? JSON.stringify(this.own()) : undefined;
  }

  own(): LimitReport {
    return this.#reports.report();
  }

  /** Of these workers; one that does not answer is left out, and one of a release before there were limits. */
  async of(workers: readonly Pick<WorkerLease, 'workerId'>[]): Promise<Pick<LimitReport, 'clients' | 'addresses'>> {
    const reports = await Promise.all(workers.map(({ workerId }) => this.#reportOf(workerId)));
    const known = reports.filter((report) => report !== undefined);
    return {
      clients: mergeRows(
        known.flatMap(({ clients }) => clients),
        TOP,
      ),
      addresses: mergeRows(
        known.flatMap(({ addresses }) => addresses),
        TOP,
      ),
    };
  }

  async #reportOf(workerId: string): Promise<LimitReport | undefined> {
    if (workerId === this.#workerId) return this.own();
    const answer = await this.#questions.ask(workerId, QUESTION);
    return answer === undefined ? undefined : workerReport.safeParse(parseJson(answer)).data;
  }
}
