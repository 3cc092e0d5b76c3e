import { z } from 'zod';
import { parseJson } from '../../../protocol/json.js';
import type { OtherWorkers } from '../../cluster/other-workers.js';
import type { Logger } from '../../observability/logger.js';
import type { Past } from './past.js';

const adminEvent = z.object({
  event: z.enum(['admin_warned', 'admin_disconnected', 'admin_revoked']),
  /** Address of who did it, or the name of its API key. */
  by: z.string(),
  connections: z.number(),
  /** Undefined: all of a client's. */
  connection_id: z.string().optional(),
  client_id: z.string().optional(),
  /** Of a token that was taken back. */
  jti: z.string().optional(),
  at: z.string(),
});
export type AdminEvent = z.infer<typeof adminEvent>;

/** Undefined: it is none. */
export const readAdminEvent = (text: string): AdminEvent | undefined => adminEvent.safeParse(parseJson(text)).data;

const VERB = 'admin-event';
const WORDS = {
  admin_warned: 'Connection warned',
  admin_disconnected: 'Connections closed',
  admin_revoked: 'Tokens taken back',
} as const;

/** What administrators do: logged where it was asked for, and told on the admin pages of every worker. */
export class AdminEvents {
  readonly #others: OtherWorkers;
  readonly #logger: Logger;
  readonly #past: Past;
  readonly #tell: (event: AdminEvent) => void;

  /** @param tell tells the pages that this worker serves */
  constructor(others: OtherWorkers, logger: Logger, past: Past, tell: (event: AdminEvent) => void) {
    this.#others = others;
    this.#logger = logger;
    this.#past = past;
    this.#tell = tell;
    others.on(VERB, (text) => {
      const event = readAdminEvent(text);
      if (event !== undefined) tell(event);
    });
  }

  happened(what: Omit<AdminEvent, 'at'>): void {
    const event: AdminEvent = { ...what, at: new Date().toISOString() };
    this.#logger.info(what, WORDS[what.event]);
    this.#tell(event);
    // While Redis is away nobody else hears of it; the log has it.
    void this.#past.administered(event);
    void this.#others.tell(VERB, JSON.stringify(event));
  }
}
