import type { LedgerResult } from '../../ledger/probes.js';
import { messageOf } from '../failure.js';
import type { Site } from '../site.js';
import { smokeColor } from '../smoke/color.js';
import { ColorWatch } from '../vitals/color-watch.js';
import { Guard } from '../vitals/guard.js';
import { TurnedAway } from '../vitals/turned-away.js';
import type { Bearing } from '../vitals/judge.js';
import type { Plan } from './plan.js';
import { Probing, PUBLISHERS } from './probing.js';

const NO_LEDGER = 'none is kept: PROBES=0';
const BEGINS_LATER = 'it begins after the switch';

/**
 * Judges the new color of a deploy, by side: what it can't do itself refuses it. What only the color that is left can't do
 * is told, and no reason to stay on it.
 */
export class Judging {
  readonly #site: Site;
  readonly #plan: Plan;
  readonly #warn: (words: string) => void;
  readonly #workers: ColorWatch;
  readonly #guard: Guard;
  readonly #probing: Probing;
  readonly #turnedAway: TurnedAway;
  #oldIsIll = false;
  /** No worker of it answered when the new color was tried. */
  #oldIsDead = false;

  /** @param warn hears what the color that is left can't do */
  constructor(site: Site, plan: Plan, warn: (words: string) => void) {
    this.#site = site;
    this.#plan = plan;
    this.#warn = warn;
    this.#probing = new Probing(site);
    this.#workers = new ColorWatch(site, plan.to);
    const left = new ColorWatch(site, plan.from);
    const before = new ColorWatch(site, plan.from);
    this.#turnedAway = new TurnedAway(plan.to, () => before.look());
    this.#guard = new Guard({
      workers: () => this.#workers.look(),
      left: () => left.look(),
      probes: () => this.#probing.readings(),
      // Keys that are replaced on purpose shut out who has the old ones.
      turnedAway: (workers) => (site.verb.REPLACE_KEYS ? undefined : this.#turnedAway.beyond(workers)),
      thresholds: site.thresholds(),
    });
  }

  /** The highest event-loop lag p99 of the new color that any look found, ms. */
  get worstLagMs(): number {
    return this.#guard.worstLagMs;
  }

  /** What the color that is left does by itself, and the probes were not judged by, in words. */
  get excuses(): readonly string[] {
    return this.#guard.excuses;
  }

  /** From here to the switch it is seen how the color that is left does. */
  begin(): Promise<void> {
    return this.#turnedAway.begin();
  }

  /** Returns a few words for the screen. @throws {Failure} */
  async smoke(release: string, signal: AbortSignal): Promise<string> {
    const { to: color, from, reason } = this.#plan;
    const isRollback = reason === 'rollback';
    const { words, warnings, leftIsDead } = await smokeColor(this.#site, { color, release, from, isRollback, signal });
    this.#oldIsIll = warnings.length > 0;
    this.#oldIsDead = leftIsDead;
    for (const warning of warnings) this.#warn(warning);
    await this.#tellSilent();
    return words;
  }

  /** Before the switch probes reach the color that is left alone: that they can't is told. A dead one is not waited for. */
  async openProbes(): Promise<string> {
    await this.#turnedAway.switchIsNext();
    const { PROBES: subscribers } = this.#site.verb;
    if (subscribers === 0) return NO_LEDGER;
    if (this.#oldIsDead) return BEGINS_LATER;
    try {
      await this.#probing.open();
    } catch (error) {
      this.#warn(`${this.#plan.from} takes no probes: ${messageOf(error)}`);
      return BEGINS_LATER;
    }
    return `${subscribers} subscribers, ${PUBLISHERS} publishers on each side`;
  }

  /** New connections land on the new color. @throws {Failure} when it takes no probes */
  async switched(): Promise<void> {
    if (this.#site.verb.PROBES > 0) await this.#probing.openSecondSide();
  }

  /** @throws {Failure} when the deploy must be taken back */
  look(): Promise<Bearing> {
    return this.#guard.look();
  }

  /**
   * The move is over. Where the old color was ill, or is left for what it does, the probes that were on it prove nothing
   * of the new one: other ones do.
   * @param isEmpty nothing is left on the old color
   * @throws {Failure} when the new one takes no probes
   */
  async moved(isEmpty: boolean): Promise<void> {
    const { excuses } = this;
    if (isEmpty) this.#guard.leave();
    for (const words of excuses) this.#warn(`${this.#plan.from} is ill: ${words}`);
    const mustBeLeft = this.#plan.reason === 'rollback' || this.#oldIsIll || excuses.length > 0;
    if (mustBeLeft && this.#site.verb.PROBES > 0) await this.#probing.openOwn();
  }

  /** @throws {Failure} */
  async prove(): Promise<string> {
    if (this.#site.verb.PROBES === 0) return NO_LEDGER;
    const unclean = await this.#probing.prove();
    if (unclean !== undefined) this.#warn(unclean);
    return 'nothing lost, nothing twice';
  }

  /** A worker that gives figures now must go on to; one that gives none can't be judged by them. */
  async #tellSilent(): Promise<void> {
    const given = await this.#workers.look();
    const { silent } = this.#workers;
    if (silent.length === 0) return;
    const names = given.length === 0 ? this.#plan.to : silent.join(', ');
    this.#warn(`no figures from ${names}: not judged`);
  }

  /** Ends the probes and gives what they came to; undefined: there were none. */
  ledger(): Promise<LedgerResult | undefined> {
    return this.#probing.finish();
  }
}
