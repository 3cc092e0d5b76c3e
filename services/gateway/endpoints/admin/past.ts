import { BrokerUnavailable } from '../../broker/channel-log.js';
import type { ClusterSamples } from '../../broker/cluster-samples.js';
import type { Journal, JournalEntry, JournalName } from '../../broker/journal.js';
import { SharedRun } from '../../lifecycle/shared-run.js';
import { readDeployNotice, type DeployNotice } from './deploy-notices.js';
import { readAdminEvent, type AdminEvent } from './events.js';
import { chartHistory, type ChartHistory } from './samples.js';

/** Some deploys of fifteen notices each; what is done to many clients one by one. */
const KEEP: Readonly<Record<JournalName, number>> = { deploys: 200, administrators: 50 };
const KEEP_MS = 7 * 24 * 3_600_000;

export type Remembered = Readonly<{
  history: ChartHistory;
  /** In the order of time. */
  deploys: readonly DeployNotice[];
  events: readonly AdminEvent[];
}>;

/** What admin pages show of the time before the workers that they ask were there. */
export class Past {
  readonly #journal: Journal;
  readonly #reads: SharedRun<Remembered>;

  constructor(samples: ClusterSamples, journal: Journal) {
    this.#journal = journal;
    this.#reads = new SharedRun(async () => {
      const [points, deploys, events] = await Promise.all([
        samples.all(),
        journal.all('deploys'),
        journal.all('administrators'),
      ]);
      // A worker of another version may write what this one can't read.
      return {
        history: chartHistory(points),
        deploys: deploys.flatMap((text) => readDeployNotice(text) ?? []),
        events: events.flatMap((text) => readAdminEvent(text) ?? []),
      };
    });
  }

  /** Undefined while Redis is away. */
  async read(): Promise<Remembered | undefined> {
    try {
      return await this.#reads.run();
    } catch (error) {
      if (!(error instanceof BrokerUnavailable)) throw error;
      return undefined;
    }
  }

  /** Writes down that a step began, or a deploy ended: every worker does, in the same words. Nothing while Redis is away. */
  deployed({ verb, from, to, release, step, state, at, cause }: DeployNotice): Promise<void> {
    const words = { verb, from, to, release, step, state, at, ...(cause === undefined ? {} : { cause }) };
    return this.#write('deploys', { atMs: Date.parse(at), text: JSON.stringify(words) });
  }

  /** Writes down what an administrator did. Nothing while Redis is away: the log has it. */
  administered(event: AdminEvent): Promise<void> {
    return this.#write('administrators', { atMs: Date.parse(event.at), text: JSON.stringify(event) });
  }

  async #write(name: JournalName, entry: JournalEntry): Promise<void> {
    try {
      await this.#journal.add(name, entry, { keep: KEEP[name], keepMs: KEEP_MS });
    } catch (error) {
      if (!(error instanceof BrokerUnavailable)) throw error;
    }
  }
}
