import { randomUUID } from 'node:crypto';
import type { WorkerMessages } from './worker-messages.js';

/** A worker that lives answers within milliseconds; one that was killed has a lease for some seconds more. */
const ANSWER_MS = 1_000;

/** Asks other workers what only they know. */
export class Questions {
  readonly #messages: WorkerMessages;
  readonly #workerId: string;
  readonly #verbs: Readonly<{ ask: string; answer: string }>;
  readonly #waiting = new Map<string, (answer: string) => void>();

  /**
   * @param answer what this worker answers when it is asked
   * @param subject tells apart what different parts of a worker ask one another
   */
  constructor(
    messages: WorkerMessages,
    workerId: string,
    answer: (question: string) => string | Promise<string>,
    subject = '',
  ) {
    this.#messages = messages;
    this.#workerId = workerId;
    this.#verbs = { ask: `${subject}ask`, answer: `${subject}answer` };
    messages.on(this.#verbs.ask, (text) => {
      const [id = '', asker = '', ...question] = text.split(' ');
      void Promise.resolve(answer(question.join(' '))).then((words) =>
        messages.tell(asker, this.#verbs.answer, `${id} ${words}`),
      );
    });
    messages.on(this.#verbs.answer, (text) => {
      const split = text.indexOf(' ');
      this.#waiting.get(text.slice(0, split))?.(text.slice(split + 1));
    });
  }

  /** Undefined: no answer came within a second. */
  ask(workerId: string, question: string): Promise<string | undefined> {
    const id = randomUUID();
    return new Promise((resolve) => {
      const settle = (answer: string | undefined): void => {
        clearTimeout(late);
        this.#waiting.delete(id);
        resolve(answer);
      };
      const late = setTimeout(() => settle(undefined), ANSWER_MS);
      this.#waiting.set(id, settle);
      this.#messages.tell(workerId, this.#verbs.ask, `${id} ${this.#workerId} ${question}`);
    });
  }
}
