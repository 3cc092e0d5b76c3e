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
/** The end of a deploy is news for a day. */
const NEWS_MS = 24 * 3_600_000;

/** The deploy that runs, or ran last. */
export class DeployBanner {
  readonly #banner = find('deploy', HTMLElement);
  readonly #step = find('deploy-step', HTMLElement);
  readonly #figures = find('deploy-figures', HTMLElement);
  readonly #reason = find('deploy-reason', HTMLElement);
  readonly #progress = find('deploy-progress', HTMLProgressElement);
  #shown: Notice | undefined;
  /** What was shown when a person hid it. */
  #hidden: Notice | undefined;
  #silence: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    find('deploy-close', HTMLButtonElement).addEventListener('click', () => {
      this.#banner.hidden = true;
      this.#hidden = this.#shown;
    });
  }

  /**
   * The latest of what the server remembers; undefined: nothing.
   * @param nowMs by the server's clock
   */
  remembered(notice: Notice | undefined, nowMs: number): void {
    const newsMs = notice?.state === 'running' ? SILENCE_MS : NEWS_MS;
    if (notice === undefined || nowMs - notice.toldMs >= newsMs) this.#forget();
    else this.show(notice, nowMs);
  }

  /** `nowMs`: by the server's clock. */
  show(notice: Notice, nowMs = notice.toldMs): void {
    clearTimeout(this.#silence);
    this.#shown = notice;
    this.#banner.hidden = this.#hidden !== undefined && isSameNews(this.#hidden, notice);
    this.#banner.dataset['state'] = notice.cause !== '' && notice.state === 'running' ? 'rolled_back' : notice.state;
    const title = `${notice.verb === 'rollback' ? 'Rollback' : 'Promote'} ${notice.from} → ${notice.to}`;
    // Read aloud at each step, not at each connection that moves.
    setText(this.#step, `${title}: ${outcomeOf(notice)}`);
    setText(this.#figures, figuresOf(notice));
    this.#reason.setAttribute('aria-live', notice.cause === '' ? 'off' : 'polite');
    setText(this.#reason, notice.cause === '' ? notice.note : `Why: ${notice.cause}`);
    const { moved, left, state } = notice;
    const isMoving = state === 'running' && notice.step === 'move' && moved !== null && left !== null;
    this.#progress.hidden = !isMoving;
    if (isMoving) {
      this.#progress.max = Math.max(1, moved + left);
      this.#progress.value = moved;
    }
    if (state !== 'running') return;
    this.#silence = setTimeout(() => this.#silent(notice), Math.max(0, SILENCE_MS - (nowMs - notice.toldMs)));
  }

  /** The deploy that ran is one that nobody knows any more. */
  #forget(): void {
    if (this.#shown !== undefined && this.#shown.state !== 'running') return;
    clearTimeout(this.#silence);
    this.#banner.hidden = true;
    this.#shown = undefined;
  }

  #silent({ toldMs }: Notice): void {
    this.#banner.dataset['state'] = 'failed';
    setText(this.#step, `No word from the deploy since ${clock(toldMs)}: "make status" says what serves`);
  }
}

/** Of a deploy that was hidden the end is news, and so is the next deploy. */
const isSameNews = (hidden: Notice, { verb, to, state, step, atMs }: Notice): boolean =>
  hidden.verb === verb &&
  hidden.to === to &&
  hidden.state === state &&
  (state === 'running' ? step !== 'preflight' : hidden.atMs === atMs);

const clock = (ms: number): string => new Date(ms).toLocaleTimeString('en-GB');

const outcomeOf = ({ state, step, from, to, release, atMs, cause }: Notice): string => {
  switch (state) {
    case 'running':
      return cause === '' ? (STEPS[step] ?? step) : `failed in "${step}", it is taken back`;
    case 'done':
      return `done, ${to} is active${release === '' ? '' : ` with ${release}`} since ${clock(atMs)}`;
    case 'rolled_back':
      return `failed in "${step}" at ${clock(atMs)}, everything was undone: ${from} is active as before`;
    default:
      return `failed in "${step}" at ${clock(atMs)}, not everything could be undone: "make status" says what serves`;
  }
};

const figuresOf = ({ state, moved, left, rate, acked, lost }: Notice): string => {
  const parts: string[] = [];
  if (moved !== null) parts.push(`${formatCount(moved)} moved`);
  if (left !== null && state === 'running') parts.push(`${formatCount(left)} left`);
  if (rate !== null && rate > 0 && state === 'running') parts.push(`${formatCount(rate)}/s`);
  if (lost !== null && acked !== null) parts.push(`lost ${formatCount(lost)} of ${formatCount(acked)} acked messages`);
  return parts.join(', ');
};
