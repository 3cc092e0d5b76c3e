import { z } from 'zod';
import { parseJson } from '../../protocol/json.js';
import type { WorkerLease } from '../broker/cluster-directory.js';
import { byStart } from '../broker/lease-order.js';
import type { Connections } from '../lifecycle/connections.js';
import type { WorkerIdentity } from './identity.js';
import type { Questions } from './questions.js';

const listedConnection = z.object({
  connection_id: z.string(),
  client_id: z.string().nullable(),
  connected_at: z.string(),
  last_activity: z.string(),
  duration: z.number(),
  messages_received: z.number(),
  messages_sent: z.number(),
  ip: z.string(),
  endpoint: z.string(),
  // Workers of a release before there was one do not say it.
  allowance: z.number().nullable().default(null),
  color: z.string(),
  worker: z.string(),
});
const workerPage = z.object({ connections: z.array(listedConnection), next: z.number().optional() });
const question = z.object({ after: z.number(), limit: z.number() });

/** One row of `/ws-stats`. */
export type ListedConnection = z.infer<typeof listedConnection>;
type WorkerPage = z.infer<typeof workerPage>;

/** Behind which connection a page begins: workers in order of their start, on each the connections in order of theirs. */
export type ListPlace = Readonly<{ startedAt: string; workerId: string; after: number }>;

export type ListPage = Readonly<{
  connections: readonly ListedConnection[];
  /** Where the next page begins; undefined: this is the last. */
  next: ListPlace | undefined;
  /** Workers that did not answer, `blue-2`: theirs are missing here. */
  unanswered: readonly string[];
}>;

/** Lists the open connections of the cluster page by page: each worker is asked for its own, only as far as needed. */
export class ConnectionLists {
  readonly #identity: WorkerIdentity;
  readonly #connections: Connections;
  readonly #questions: Questions;

  constructor(identity: WorkerIdentity, connections: Connections, questions: Questions) {
    this.#identity = identity;
    this.#connections = connections;
    this.#questions = questions;
  }

  /** What this worker answers when it is asked; undefined: the question is another one, or of another version. */
  answer(asked: string): string | undefined {
    const known = question.safeParse(parseJson(asked)).data;
    return known === undefined ? undefined : JSON.stringify(this.#ownPage(known.after, known.limit));
  }

  /** Those of this worker alone. */
  own(place: ListPlace | undefined, limit: number): Promise<ListPage> {
    return this.list([this.#identity], place, limit);
  }

  async list(
    workers: readonly Pick<WorkerLease, 'workerId' | 'startedAt' | 'color' | 'worker'>[],
    place: ListPlace | undefined,
    limit: number,
  ): Promise<ListPage> {
    const connections: ListedConnection[] = [];
    const unanswered: string[] = [];
    const remaining = workers.filter((worker) => place === undefined || byStart(worker, place) >= 0);
    for (const [index, { workerId, startedAt, color, worker }] of remaining.entries()) {
      const start = workerId === place?.workerId ? place.after : 0;
      const page = await this.#pageOf(workerId, start, limit - connections.length);
      if (page === undefined) {
        unanswered.push(`${color}-${worker}`);
        continue;
      }
      connections.push(...page.connections);
      if (page.next !== undefined) {
        return { connections, next: { startedAt, workerId, after: page.next }, unanswered };
      }
      const following = remaining[index + 1];
      if (connections.length === limit && following !== undefined) {
        const next = { startedAt: following.startedAt, workerId: following.workerId, after: 0 };
        return { connections, next, unanswered };
      }
    }
    return { connections, next: undefined, unanswered };
  }

  async #pageOf(workerId: string, after: number, limit: number): Promise<WorkerPage | undefined> {
    if (workerId === this.#identity.workerId) return this.#ownPage(after, limit);
    const answer = await this.#questions.ask(workerId, JSON.stringify({ after, limit }));
    return answer === undefined ? undefined : workerPage.safeParse(parseJson(answer)).data;
  }

  #ownPage(after: number, limit: number): WorkerPage {
    const { color, worker } = this.#identity;
    const { connections, next } = this.#connections.page(after, limit, Date.now());
    const listed = connections.map((connection) => ({ ...connection, color, worker }));
    return next === undefined ? { connections: listed } : { connections: listed, next };
  }
}
