import { z } from 'zod';
import { parseJson } from '../../../protocol/json.js';
import { BrokerUnavailable } from '../../broker/channel-log.js';
import type { WorkerMessages } from '../../cluster/worker-messages.js';
import type { Logger } from '../../observability/logger.js';

const adminEvent = z.object({
  event: z.enum(['admin_warned', 'admin_disconnected']),
  /** Address of who did it, or the name of its API key. */
  by: z.string(),
  connections: z.number(),
  /** Undefined: all of a client's. */
  connection_id: z.string().optional(),
  client_id: z.string().optional(),
  at: z.string(),
});
export type AdminEvent = z.infer<typeof adminEvent>;

const VERB = 'admin-event';
const WORDS = { admin_warned: 'Connection warned', admin_disconnected: 'Connections closed' } as const;

/** What administrators do: logged where it was asked for, and told on the admin pages of every worker. */
export class AdminEvents {
  readonly #messages: WorkerMessages;
  readonly #logger: Logger;
  readonly #others: () => Promise<readonly string[]>;
  readonly #tell: (event: AdminEvent) => void;

  /**
   * @param others the ids of the other workers
   * @param tell tells the pages that this worker serves
   */
  constructor(
    messages: WorkerMessages,
    logger: Logger,
    others: () => Promise<readonly string[]>,
    tell: (event: AdminEvent) => void,
  ) {
    this.#messages = messages;
    this.#logger = logger;
    this.#others = others;
    this.#tell = tell;
    messages.on(VERB, (text) => {
      const { data } = adminEvent.safeParse(parseJson(text));
      if (data !== undefined) tell(data);
    });
  }

  happened(what: Omit<AdminEvent, 'at'>): void {
    const event: AdminEvent = { ...what, at: new Date().toISOString() };
    this.#logger.info(what, WORDS[what.event]);
    this.#tell(event);
    void this.#tellOthers(JSON.stringify(event));
  }

  /** While Redis is away nobody else can be told; the log has it. */
  async #tellOthers(text: string): Promise<void> {
    try {
      for (const workerId of await this.#others()) this.#messages.tell(workerId, VERB, text);
    } catch (error) {
      if (!(error instanceof BrokerUnavailable)) throw error;
    }
  }
}
