import { Counter, Histogram, type Registry } from 'prom-client';
import { HANDLER_OUTCOMES, type HandlerOutcome } from '../handlers/run.js';

/** From a handler that only looks something up to one that is given up, s. */
const BUCKETS = [0.001, 0.005, 0.025, 0.1, 0.5, 1, 5];

/** Calls of handlers, by type: those registered, and no other, so that no client makes a series. */
export class HandlerMetrics {
  readonly #calls: Counter<'handler' | 'outcome'>;
  readonly #seconds: Histogram<'handler'>;

  constructor(registry: Registry, handlers: readonly string[]) {
    this.#calls = new Counter({
      name: 'websocket_handler_calls_total',
      help: 'Calls of handlers that have ended for their client, by how',
      labelNames: ['handler', 'outcome'],
      registers: [registry],
    });
    this.#seconds = new Histogram({
      name: 'websocket_handler_seconds',
      help: 'How long calls of handlers took',
      labelNames: ['handler'],
      buckets: BUCKETS,
      registers: [registry],
    });
    // From the start: a rate sees the first of each too.
    for (const handler of handlers) {
      for (const outcome of HANDLER_OUTCOMES) this.#calls.inc({ handler, outcome }, 0);
      this.#seconds.zero({ handler });
    }
  }

  called(handler: string, outcome: HandlerOutcome, seconds: number): void {
    this.#calls.inc({ handler, outcome });
    this.#seconds.observe({ handler }, seconds);
  }
}
