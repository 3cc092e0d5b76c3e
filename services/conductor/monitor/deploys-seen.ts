import type { Color } from '../engines/engine.js';
import type { Sample } from './sample.js';
import type { Work } from './work.js';

export type DeploySeen = Readonly<{
  verb: string;
  since: string;
  /** `done`: it is written down as come to its end; `at work`: it still was when the monitor ended. */
  outcome: 'done' | 'not done' | 'at work';
  /** Who was active then. */
  active: Color | null;
}>;

const DEPLOYS: ReadonlySet<string> = new Set(['promote', 'rollback', 'prove']);

/** Deploys that went on while somebody looked. */
export class DeploysSeen {
  readonly #ended: DeploySeen[] = [];
  #running: Work | undefined;
  #active: Color | null = null;

  add(now: Sample): void {
    const running = this.#running;
    this.#active = now.status?.active ?? null;
    const goesOn = running !== undefined && now.work?.pid === running.pid && now.work.since === running.since;
    if (running !== undefined && !goesOn) this.#ended.push(this.#seen(running, hasEnded(running, now)));
    this.#running = now.work !== undefined && DEPLOYS.has(now.work.verb) ? now.work : undefined;
  }

  list(): readonly DeploySeen[] {
    return this.#running === undefined ? this.#ended : [...this.#ended, this.#seen(this.#running, 'at work')];
  }

  #seen({ verb, since }: Work, outcome: DeploySeen['outcome']): DeploySeen {
    return { verb, since, outcome, active: this.#active };
  }
}

const hasEnded = ({ since }: Work, { deploys }: Sample): DeploySeen['outcome'] =>
  deploys.some(({ at, reason }) => reason !== 'up' && Date.parse(at) >= Date.parse(since)) ? 'done' : 'not done';
