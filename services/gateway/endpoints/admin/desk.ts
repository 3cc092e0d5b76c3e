import { z } from 'zod';
import { parseClientId, parseConnectionId } from '../../../protocol/ids.js';
import { parseJson } from '../../../protocol/json.js';
import type { WorkerIdentity } from '../../cluster/identity.js';
import type { Revocation } from '../../broker/revocation-store.js';
import { parsedBy } from '../../identity/claims.js';
import type { Revocations } from '../../identity/revocations.js';
import type { Hub } from '../../hub/hub.js';
import type { Connections, ManagedConnection } from '../../lifecycle/connections.js';
import { Slices } from '../../lifecycle/slices.js';
import { countDurations } from './durations.js';
import { SORTS } from './order.js';
import { search, type Search } from './search.js';

const place = z.object({ key: z.union([z.string(), z.number()]), id: z.string() });

const revocation = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('token'), tokenId: z.string() }),
  z.object({ kind: z.literal('client'), clientId: parsedBy(parseClientId), untilMs: z.number() }),
]);

/** What one worker asks another for the admin page. A worker of another version may know fewer of them. */
const question = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('search'),
    text: z.string(),
    endpoint: z.string().optional(),
    sort: z.enum(SORTS),
    direction: z.enum(['asc', 'desc']),
    limit: z.number(),
    after: place.optional(),
  }),
  z.object({ kind: z.literal('durations') }),
  z.object({ kind: z.literal('channels'), text: z.string(), limit: z.number() }),
  z.object({ kind: z.enum(['warn', 'disconnect']), connection_id: z.string() }),
  z.object({ kind: z.literal('disconnect-client'), client_id: z.string() }),
  z.object({ kind: z.literal('revoke'), revocation }),
]);
export type DeskQuestion = z.infer<typeof question>;

/** What became of a warning or a disconnect on one worker. */
export const done = z.object({
  /** Connections that were warned or closed. */
  done: z.number(),
  /** Connections that were found and whose endpoint has no frame for a warning. */
  unable: z.number(),
  /** Of one of them. */
  client_id: z.string().optional(),
});
export type Done = Readonly<z.infer<typeof done>>;

/** What this worker knows and does for the admin page, whichever worker the page asked. */
export class Desk {
  readonly #identity: WorkerIdentity;
  readonly #connections: Connections;
  readonly #hub: Hub;
  readonly #revocations: Revocations;

  constructor(identity: WorkerIdentity, connections: Connections, hub: Hub, revocations: Revocations) {
    this.#identity = identity;
    this.#connections = connections;
    this.#hub = hub;
    this.#revocations = revocations;
  }

  /** The answer as text; '' to what this version does not know. */
  async answer(text: string): Promise<string> {
    const { data: asked } = question.safeParse(parseJson(text));
    return asked === undefined ? '' : JSON.stringify(await this.#answerTo(asked));
  }

  #answerTo(asked: DeskQuestion): unknown {
    switch (asked.kind) {
      case 'search': {
        const { text, endpoint, sort, direction, limit, after } = asked;
        const wanted: Search = { text, endpoint, sort, direction, limit, after };
        return search(this.#connections, this.#identity, wanted);
      }
      case 'durations':
        return countDurations(this.#connections, Date.now());
      case 'channels':
        return this.#channels(asked.text, asked.limit);
      case 'warn':
      case 'disconnect':
        return this.#one(asked.connection_id, asked.kind);
      case 'disconnect-client':
        return this.#all(asked.client_id);
      case 'revoke':
        return this.#revoke(asked.revocation);
    }
    return asked satisfies never;
  }

  async #revoke(given: Revocation): Promise<Done> {
    return { done: await this.#revocations.apply(given), unable: 0 };
  }

  #channels(text: string, limit: number): unknown {
    const found = this.#hub.channels().filter(({ channel }) => channel.toLowerCase().includes(text));
    return { channels: found.sort((a, b) => b.subscribers - a.subscribers).slice(0, limit), matching: found.length };
  }

  #one(text: string, what: 'warn' | 'disconnect'): Done {
    const id = parseConnectionId(text);
    const connection = id === undefined ? undefined : this.#connections.get(id);
    if (connection === undefined) return { done: 0, unable: 0 };
    const { clientId } = connection.facts;
    const isDone = what === 'warn' ? connection.warn(Date.now()) : dismiss(connection);
    return { done: isDone ? 1 : 0, unable: isDone ? 0 : 1, client_id: clientId };
  }

  async #all(clientId: string): Promise<Done> {
    const slices = new Slices();
    let done = 0;
    for (const connection of this.#connections.all()) {
      const pause = slices.breathe();
      if (pause !== undefined) await pause;
      if (connection.facts.clientId !== clientId) continue;
      dismiss(connection);
      done += 1;
    }
    return { done, unable: 0, client_id: clientId };
  }
}

const dismiss = (connection: ManagedConnection): true => {
  connection.dismiss();
  return true;
};
