import { Failure } from '../failure.js';
import type { Color, Release } from '../engines/engine.js';
import { preflight } from '../preflight/preflight.js';
import type { Report } from '../report.js';
import { clientOf, releasesInUse, runningWorkers, workerEnvironment, type Site } from '../site.js';
import { smokeColor } from '../smoke/color.js';
import { holdsWithin } from '../waiting.js';
import { awaitLanding } from './landing.js';
import { cancelMove, moveConnections } from './move.js';
import type { Plan, StepName, Undo } from './plan.js';
import { awaitReady, START_TARGET_SECONDS } from './readiness.js';

const RETIRED_MS = 15_000;
const EVACUATE_MS = 60_000;

/** The steps of one deploy, and what takes each back. Each returns a few words for the screen. */
export class Deployment implements Record<StepName, () => Promise<string>> {
  /** What fell short without being a reason to go back. */
  readonly shortfalls: string[] = [];
  moved = 0;
  #release: Release | undefined;
  #startedAt = 0;
  readonly #site: Site;
  readonly #plan: Plan;
  readonly #report: Report;
  readonly #signal: AbortSignal;

  constructor(site: Site, plan: Plan, report: Report, signal: AbortSignal) {
    this.#site = site;
    this.#plan = plan;
    this.#report = report;
    this.#signal = signal;
  }

  get releaseId(): string | undefined {
    return this.#release?.id;
  }

  async preflight(): Promise<string> {
    this.shortfalls.push(...(await preflight(this.#site, this.#plan.release)));
    return '';
  }

  async release(): Promise<string> {
    const choice = this.#plan.release;
    if (choice.kind === 'build') this.#release = await this.#site.releases.build(choice.source);
    else this.#release = await this.#site.releases.find(choice.id);
    if (this.#release === undefined) throw new Failure(`the release ${this.#releaseWanted()} is no longer there`);
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
    const { to, from } = this.#plan;
    return smokeColor(this.#site, { color: to, release: this.#required().id, from, signal: this.#signal });
  }

  async switch(): Promise<string> {
    await this.#site.engine.activate(this.#plan.to);
    return '';
  }

  async verify(): Promise<string> {
    await awaitLanding(this.#site, this.#plan.to, this.#signal);
    return '';
  }

  async move(): Promise<string> {
    const { moved, left } = await moveConnections(this.#site, this.#plan.from, {
      reason: this.#plan.reason,
      timeoutMs: this.#site.verb.MOVE_TIMEOUT * 1_000,
      target: this.#plan.to,
      signal: this.#signal,
      onProgress: (done, total) => this.#report.progress('connections moved', done, total),
    });
    this.moved = moved;
    if (left > 0) this.shortfalls.push(`${left} connections had not moved after ${this.#site.verb.MOVE_TIMEOUT} s`);
    // A handshake that an old front generation still holds must find a listener: it goes before its color does.
    const gone = await holdsWithin(RETIRED_MS, async () => (await this.#site.engine.retiring()) === 0, {
      signal: this.#signal,
    });
    if (!gone) {
      const count = await this.#site.engine.retiring();
      this.shortfalls.push(`${count} old front generation still lives: it carries connections that do not end`);
    }
    return `${moved} moved`;
  }

  async stop(): Promise<string> {
    const { engine, run, releases, verb } = this.#site;
    const { to, from, reason } = this.#plan;
    // What the old color really ran is where a rollback goes, also when the deploy that started it was killed.
    const old = await this.#releaseRunBy(from);
    const at = new Date().toISOString();
    if (old !== undefined && run.lastActive() !== old) run.record({ at, reason, color: from, release: old });
    // From here the new color is the truth, whatever becomes of the old one.
    run.record({ at, reason, color: to, release: this.#required().id });
    await engine.stop(from);
    const removed = await releases.prune(verb.KEEP_RELEASES, await releasesInUse(this.#site));
    return removed.length === 0 ? '' : `${removed.length} old releases removed`;
  }

  async undo(undo: Undo): Promise<readonly string[]> {
    const { engine, releases } = this.#site;
    switch (undo) {
      case 'cancel-move':
        return cancelMove(this.#site, this.#plan.from);
      case 'switch-back':
        return this.#switchBack();
      case 'stop-new-color':
        await engine.stop(this.#plan.to);
        return [];
      case 'discard-release':
        if (this.#release !== undefined) await releases.discard(this.#release.id);
        return [];
    }
    return undo satisfies never;
  }

  /** Connections that landed on the new color in the meantime are moved back before it is stopped. */
  async #switchBack(): Promise<readonly string[]> {
    const { engine } = this.#site;
    const { from, to } = this.#plan;
    if ((await engine.active()) === from) return [];
    await engine.activate(from);
    await awaitLanding(this.#site, from);
    const { left } = await moveConnections(this.#site, to, {
      reason: 'rollback',
      timeoutMs: EVACUATE_MS,
      target: from,
    });
    return left === 0 ? [] : [`${left} connections on ${to} did not move back`];
  }

  async #releaseRunBy(color: Color): Promise<string | undefined> {
    for (const worker of await runningWorkers(this.#site, color)) {
      const version = await clientOf(this.#site, worker)
        .version()
        .catch(() => undefined);
      if (version !== undefined) return version.release;
    }
    return undefined;
  }

  #required(): Release {
    if (this.#release === undefined) throw new Failure('there is no release yet');
    return this.#release;
  }

  #releaseWanted(): string {
    return this.#plan.release.kind === 'reuse' ? this.#plan.release.id : '';
  }
}
