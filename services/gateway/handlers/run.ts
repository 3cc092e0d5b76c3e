import type { ClientErrorCode } from '../../protocol/error-codes.js';

/** A handler says that the client is wrong. */
export class HandlerRefusal extends Error {
  override readonly name = 'HandlerRefusal';

  constructor(
    readonly code: Extract<ClientErrorCode, 'forbidden' | 'invalid_frame'>,
    message: string,
  ) {
    super(message);
  }
}

/** A call is over before its handler is: what aborts its signal. */
export class CallOver extends Error {
  override readonly name = 'CallOver';
}

/** How a call ended for its client. `cut`: the connection ended first. */
export const HANDLER_OUTCOMES = ['done', 'refused', 'failed', 'timed_out', 'cut'] as const;
export type Outcome =
  | Readonly<{ kind: 'done' | 'timed_out' | 'cut' }>
  | Readonly<{ kind: 'refused'; refusal: HandlerRefusal }>
  | Readonly<{ kind: 'failed'; error: unknown }>;
export type HandlerOutcome = Outcome['kind'];

/** One call of a handler. It can be given up, but not ended: what it does goes on until it ends by itself. */
export class Run {
  /** By whichever comes first. Never rejects. */
  readonly outcome: Promise<Outcome>;
  /** Resolves when the work itself has ended, which may be never. Never rejects. */
  readonly ended: Promise<void>;
  readonly #controller = new AbortController();

  /** Begins at once. @param work what it throws, or rejects with, is its outcome */
  constructor(work: (signal: AbortSignal) => void | Promise<void>, timeoutMs: number) {
    const { signal } = this.#controller;
    const working = (async () => work(signal))();
    this.ended = working.catch(() => {});
    this.outcome = new Promise((resolve) => {
      signal.addEventListener('abort', () => {
        clearTimeout(late);
        resolve({ kind: 'cut' });
      });
      const late = setTimeout(() => {
        resolve({ kind: 'timed_out' });
        this.#controller.abort(new CallOver(`the time for the call is over (${timeoutMs / 1000} s)`));
      }, timeoutMs);
      working
        .then(
          () => resolve({ kind: 'done' }),
          (error: unknown) =>
            resolve(error instanceof HandlerRefusal ? { kind: 'refused', refusal: error } : { kind: 'failed', error }),
        )
        .finally(() => clearTimeout(late));
    });
  }

  /** Its client is gone. */
  cut(): void {
    this.#controller.abort(new CallOver('the connection has ended'));
  }
}
