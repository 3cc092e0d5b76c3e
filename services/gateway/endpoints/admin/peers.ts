import type { z } from 'zod';
import { parseJson } from '../../../protocol/json.js';
import type { WorkerLease } from '../../broker/cluster-directory.js';
import { Questions } from '../../cluster/questions.js';
import type { WorkerMessages } from '../../cluster/worker-messages.js';
import type { Desk, DeskQuestion } from './desk.js';

export type Answers<T> = Readonly<{
  answers: readonly T[];
  /** Workers that did not answer within a second, or not what was agreed: `green-2`. */
  unanswered: readonly string[];
}>;

/** Asks the desks of many workers at once, this worker's own among them. */
export class Peers {
  readonly #desk: Desk;
  readonly #workerId: string;
  readonly #questions: Questions;

  constructor(desk: Desk, workerId: string, messages: WorkerMessages) {
    this.#desk = desk;
    this.#workerId = workerId;
    this.#questions = new Questions(messages, workerId, (text) => desk.answer(text), 'admin-');
  }

  async ask<T>(
    workers: readonly Pick<WorkerLease, 'workerId' | 'color' | 'worker'>[],
    question: DeskQuestion,
    schema: z.ZodType<T>,
  ): Promise<Answers<T>> {
    const text = JSON.stringify(question);
    const replies = await Promise.all(
      workers.map(async ({ workerId, color, worker }) => {
        const reply = workerId === this.#workerId ? this.#desk.answer(text) : this.#questions.ask(workerId, text);
        const { data } = schema.safeParse(parseJson((await reply) ?? ''));
        return { name: `${color}-${worker}`, data };
      }),
    );
    return {
      answers: replies.flatMap(({ data }) => (data === undefined ? [] : [data])),
      unanswered: replies.flatMap(({ name, data }) => (data === undefined ? [name] : [])),
    };
  }
}
