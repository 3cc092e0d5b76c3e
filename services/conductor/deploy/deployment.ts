import type { LedgerResult } from '../../ledger/probes.js';
import { Failure, messageOf } from '../failure.js';
import type { Release } from '../engines/engine.js';
import { preflight } from '../preflight/preflight.js';
import type { Report } from '../report.js';
import { releaseRunBy, releasesInUse, workerEnvironment, type Site } from '../site.js';
import type { Remembered } from '../run-directory.js';
import { changesOf } from '../worker-settings.js';
import { holdsWithin } from '../waiting.js';
import { awaitLanding } from './landing.js';
import { warmUpColor } from '../smoke/warm-up.js';
import { bake } from './bake.js';
import { Judging } from './judging.js';
import { movedSoFar, moveConnections, showMove } from './move.js';
import { outOfTime } from './out-of-time.js';
import type { Plan, StepName, Undo } from './plan.js';
import { awaitReady, START_TARGET_SECONDS } from './readiness.js';
import { requireServing } from './serving.js';
import { takeStepBack } from './undo.js';

const RETIRED_MS = 15_000;

/** The steps of one deploy, and what takes each back. Each returns a few words for the screen. */
export class Deployment implements Record<StepName, () => Promise<string>> {
  /** What fell short without being a reason to go back. */
  readonly shortfalls: string[] = [];
  /** Clients that left the old color in order, so far. */
  moved = 0;
  #toMove = 0;
  #release: Release | undefined;
  #startedAt = 0;
  /** What the color that is left was started with. */
  readonly #before: Remembered | undefined;
  readonly #judging: Judging;
  readonly #site: Site;
  readonly #plan: Plan;
  readonly #report: Report;
  readonly #signal: AbortSignal;

  constructor(site: Site, plan: Plan, report: Report, signal: AbortSignal) {
    this.#site = site;
    this.#before = site.run.remembered();
    this.#plan = plan;
    this.#report = report;
    this.#signal = signal;
    this.#judging = new Judging(site, plan, (words) => this.shortfalls.push(words));
  }

  get releaseId(): string | undefined {
    return this.#release?.id;
  }

  /** Ends the probes and gives what they came to; undefined: there were none. */
  ledger(): Promise<LedgerResult | undefined> {
    return this.#judging.ledger();
  }

  async preflight(): Promise<string> {
    await requireServing(this.#site, this.#plan);
    await this.#judging.begin();
    try {
      this.shortfalls.push(...(await preflight(this.#site, this.#plan.release)));
    } catch (error) {
      if (this.#plan.reason !== 'rollback') throw error;
      this.shortfalls.push(messageOf(error));
    }
    return '';
  }

  async release(): Promise<string> {
    const choice = this.#plan.release;
    if (choice.kind === 'build') this.#release = await this.#site.releases.build(choice.source);
    else {
      this.#release = await this.#site.releases.find(choice.id);
      if (this.#release === undefined) throw new Failure(`the release ${choice.id} is no longer there`);
    }
    return this.#release.id;
  }

  async start(): Promise<string> {
    this.#startedAt = performance.now();
    await this.#site.engine.start(this.#plan.to, this.#required(), workerEnvironment(this.#site));
    return '';
  }

  async ready(): Promise<string> {
    await awaitReady(this.#site, this.#plan.to, this.#required().id, this.#signal);
    const seconds = (performance.now() - this.#startedAt) / 1_000;
    if (seconds > START_TARGET_SECONDS) {
      this.shortfalls.push(`start-up took ${seconds.toFixed(1)} s, not under ${START_TARGET_SECONDS} s`);
    }
    return `${seconds.toFixed(1)} s after the start`;
  }

  smoke(): Promise<string> {
    return this.#judging.smoke(this.#required().id, this.#signal);
  }

  async warm(): Promise<string> {
    const arrivals = this.#site.verb.WARM_UP;
    if (arrivals === 0) return 'not at all: WARM_UP=0';
    const { served, total } = await warmUpColor(this.#site, this.#plan.to, {
      arrivals,
      signal: this.#signal,
      onProgress: (done, all) => this.#report.progress('connections served', done, all),
    });
    if (served < total)
      this.shortfalls.push(`the warm-up ended after ${served} of ${total} connections: they are slow`);
    return `${served} connections`;
  }

  probe(): Promise<string> {
    return this.#judging.openProbes();
  }

  async switch(): Promise<string> {
    await this.#site.engine.activate(this.#plan.to);
    // What the active color was started with holds for whatever is started next.
    this.#site.run.remember(this.#site.settings);
    return '';
  }

  async verify(): Promise<string> {
    await awaitLanding(this.#site, this.#plan.to, this.#signal);
    await this.#judging.switched();
    return '';
  }

  watch(): Promise<string> {
    return this.#bake('watched');
  }

  bake(): Promise<string> {
    return this.#bake('baked');
  }

  async move(): Promise<string> {
    const { DRAIN_RATE: rate, DRAIN_TIMEOUT: timeout } = this.#site.verb;
    const { moved, total, left, refusedFor } = await moveConnections(this.#site, this.#plan.from, {
      reason: this.#plan.reason,
      rate,
      timeoutMs: timeout * 1_000,
      target: this.#plan.to,
      look: () => this.#judging.look(),
      signal: this.#signal,
      onProgress: showMove(this.#report),
    });
    this.moved = moved;
    this.#toMove = total;
    if (left > 0) {
      this.shortfalls.push(outOfTime({ moved, left, refusedFor }, this.#plan, timeout));
    }
    // A handshake that an old front generation still holds must find a listener: it goes before its color does.
    const gone = await holdsWithin(RETIRED_MS, async () => (await this.#site.engine.retiring()) === 0, {
      signal: this.#signal,
    });
    if (!gone) {
      const count = await this.#site.engine.retiring();
      this.shortfalls.push(`${count} old front generation still lives: it carries connections that do not end`);
    }
    await this.#judging.moved(left === 0);
    return `${moved} moved; event-loop lag p99 of ${this.#plan.to} at most ${this.#judging.worstLagMs} ms`;
  }

  prove(): Promise<string> {
    return this.#judging.prove();
  }

  async stop(): Promise<string> {
    const { engine, run, releases, verb } = this.#site;
    const { to, from, reason } = this.#plan;
    // What the old color really ran is where a rollback goes, also when the deploy that started it was killed.
    const old = await releaseRunBy(this.#site, from);
    const at = new Date().toISOString();
    if (old !== undefined && run.lastActive() !== old) run.record({ at, reason, color: from, release: old });
    // From here the new color is the truth, whatever becomes of the old one.
    const changed = changesOf(this.#before?.worker_environment ?? {}, this.#site.settings.worker_environment);
    const settings = changed.length === 0 ? {} : { settings: changed.map(({ name }) => name) };
    run.record({ at, reason, color: to, release: this.#required().id, ...settings });
    // Those whom the move left behind went on moving; with the end of the old color the last of them has.
    const { moved, total } = await movedSoFar(this.#site, from);
    this.moved = Math.max(this.moved, moved);
    await engine.stop(from);
    const last = Math.max(this.#toMove, total) - this.moved;
    this.moved += last;
    const removed = await releases.prune(verb.KEEP_RELEASES, await releasesInUse(this.#site));
    return [
      ...(last === 0 ? [] : [`${last} moved by it`]),
      ...(removed.length === 0 ? [] : [`${removed.length} old releases removed`]),
    ].join(', ');
  }

  undo(undo: Undo): Promise<readonly string[]> {
    return takeStepBack(undo, {
      site: this.#site,
      plan: this.#plan,
      report: this.#report,
      release: this.#release,
      before: this.#before,
      judging: this.#judging,
    });
  }

  async #bake(done: string): Promise<string> {
    const { BAKE_SECONDS: seconds } = this.#site.verb;
    await bake(this.#site, this.#plan.to, {
      seconds,
      look: () => this.#judging.look(),
      signal: this.#signal,
      onProgress: (passed) => this.#report.progress(`seconds ${done}`, Math.floor(passed), seconds),
    });
    return seconds === 0 ? 'one look: BAKE_SECONDS=0' : '';
  }

  #required(): Release {
    if (this.#release === undefined) throw new Failure('there is no release yet');
    return this.#release;
  }
}
