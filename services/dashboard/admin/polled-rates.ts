import type { Fields } from '../shared/fields.js';
import { readFigure, type Figure } from './frames.js';

type Look = Readonly<{ timeMs: number; received: Figure; sent: Figure }>;

/** Where no rates come live: messages a second between two looks at the totals. */
export class PolledRates {
  #last: Look | undefined;

  measure(totals: Fields, timeMs: number): Readonly<{ received: Figure; sent: Figure }> {
    const now: Look = {
      timeMs,
      received: readFigure(totals['messages_received']),
      sent: readFigure(totals['messages_sent']),
    };
    const last = this.#last;
    this.#last = now;
    const rate = (name: 'received' | 'sent'): Figure => {
      const [before, after] = [last?.[name] ?? null, now[name]];
      if (last === undefined || before === null || after === null || timeMs <= last.timeMs) return null;
      return (Math.max(0, after - before) * 1000) / (timeMs - last.timeMs);
    };
    return { received: rate('received'), sent: rate('sent') };
  }

  /** Figures come live again: what is counted then is not asked for. */
  forget(): void {
    this.#last = undefined;
  }
}
