import { find } from '../shared/elements.js';
import { formatCount } from '../shared/numbers.js';
import type { Notice } from './frames.js';
import { setText } from './totals.js';

/** What each step of a deploy does, in words. */
const STEPS: Readonly<Record<string, string>> = {
  preflight: 'settings and room are looked at',
  release: 'a release is built',
  start: 'the new workers start',
  ready: 'the new workers get ready',
  smoke: 'the new workers are tried',
  warm: 'the new workers are warmed up',
  probe: 'the ledger is opened',
  switch: 'new connections are switched over',
  verify: 'where new connections land is looked at',
  watch: 'the new color is watched',
  move: 'connections are moved',
  bake: 'the new color is watched with everybody',
  prove: 'the ledger is closed',
  stop: 'the old color stops',
};
/** A deploy that says nothing for so long was killed, or can't be heard. */
const SILENCE_MS = 60_000;

/** The deploy that runs, or ran last since the page was opened. */
export class DeployBanner {
  readonly #banner = find('deploy', HTMLElement);
  readonly #step = find('deploy-step', HTMLElement);
  readonly #figures = find('deploy-figures', HTMLElement);
  readonly #progress = find('deploy-progress', HTMLProgressElement);
  #silence: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    find('deploy-close', HTMLButtonElement).addEventListener('click', () => {
      this.#banner.hidden = true;
    });
  }

  show(notice: Notice): void {
    clearTimeout(this.#silence);
    this.#banner.hidden = false;
    this.#banner.dataset['state'] = notice.state;
    const title = `${notice.verb === 'rollback' ? 'Rollback' : 'Promote'} ${notice.from} → ${notice.to}`;
    // Read aloud at each step, not at each connection that moves.
    setText(this.#step, `${title}: ${outcomeOf(notice)}`);
    setText(this.#figures, figuresOf(notice));
    const { moved, left, state } = notice;
    const isMoving = state === 'running' && notice.step === 'move' && moved !== null && left !== null;
    this.#progress.hidden = !isMoving;
    if (isMoving) {
      this.#progress.max = Math.max(1, moved + left);
      this.#progress.value = moved;
    }
    if (state === 'running') this.#silence = setTimeout(() => this.#silent(notice), SILENCE_MS);
  }

  #silent({ atMs }: Notice): void {
    this.#banner.dataset['state'] = 'failed';
    const clock = new Date(atMs).toLocaleTimeString('en-GB');
    setText(this.#step, `No word from the deploy since ${clock}: "make status" says what serves`);
  }
}

const outcomeOf = ({ state, step, from, to, release }: Notice): string => {
  switch (state) {
    case 'running':
      return STEPS[step] ?? step;
    case 'done':
      return `done, ${to} is active${release === '' ? '' : ` with ${release}`}`;
    case 'rolled_back':
      return `failed in "${step}", everything was undone: ${from} is active as before`;
    default:
      return `failed in "${step}", not everything could be undone: "make status" says what serves`;
  }
};

const figuresOf = ({ state, moved, left, acked, lost }: Notice): string => {
  const parts: string[] = [];
  if (moved !== null) parts.push(`${formatCount(moved)} moved`);
  if (left !== null && state === 'running') parts.push(`${formatCount(left)} left`);
  if (lost !== null && acked !== null) parts.push(`lost ${formatCount(lost)} of ${formatCount(acked)} acked messages`);
  return parts.join(', ');
};
