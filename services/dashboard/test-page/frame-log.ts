import { find } from '../shared/elements.js';
import { formatCount } from '../shared/numbers.js';
import { copyText } from './copy-text.js';
import { frameRow, type Entry, type FrameRow } from './frame-row.js';

const MOST_ROWS = 500;
const TOLD_MS = 2_000;

/**
 * Every frame of every connection as it came, oldest first, the newest 500; follows the end unless the reader has
 * scrolled away from it. While it is paused, what comes is held back, the newest 500 of it.
 */
export class FrameLog {
  readonly #log = find('log', HTMLElement);
  readonly #empty = find('log-empty', HTMLElement);
  readonly #filter = find('log-filter', HTMLInputElement);
  readonly #onlyThis = find('only-this', HTMLInputElement);
  readonly #heartbeats = find('show-heartbeats', HTMLInputElement);
  readonly #pause = find('pause-log', HTMLButtonElement);
  readonly #copy = find('copy-log', HTMLButtonElement);
  readonly #told = find('log-told', HTMLElement);
  #rows: readonly FrameRow[] = [];
  #waiting: FrameRow[] = [];
  #isPaused = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #connection = 1;

  constructor() {
    const apply = (): void => this.#applyFilter(this.#rows);
    for (const control of [this.#onlyThis, this.#heartbeats]) control.addEventListener('change', apply);
    this.#filter.addEventListener('input', apply);
    this.#pause.addEventListener('click', () => this.togglePause());
    this.#copy.addEventListener('click', () => void this.copy());
    find('clear-log', HTMLButtonElement).addEventListener('click', () => this.clear());
  }

  add(entry: Entry): void {
    this.#waiting.push(frameRow(entry, new Date()));
    if (this.#waiting.length > MOST_ROWS) this.#waiting.shift();
    this.#timer ??= setTimeout(() => this.#flush(), 50);
  }

  /** The connection that is looked at. */
  turnTo(connection: number): void {
    this.#connection = connection;
    this.#applyFilter(this.#rows);
  }

  togglePause(): void {
    this.#isPaused = !this.#isPaused;
    this.#pause.setAttribute('aria-pressed', String(this.#isPaused));
    this.#flush();
  }

  clear(): void {
    this.#waiting = [];
    this.#rows = [];
    this.#log.replaceChildren();
    this.#flush();
  }

  focusFilter(): void {
    this.#filter.focus();
  }

  /** What is shown, a line for each frame. */
  async copy(): Promise<void> {
    const lines = this.#rows.filter(({ element }) => !element.hidden).map(({ line }) => line);
    const done = await copyText(`${lines.join('\n')}\n`);
    this.#told.textContent = done ? `Copied ${formatCount(lines.length)}` : 'Could not copy';
    setTimeout(() => {
      this.#told.textContent = '';
    }, TOLD_MS);
  }

  /** Many rows in one change of the page: a busy channel brings more frames a second than anybody reads. */
  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const held = this.#isPaused ? this.#waiting.length : 0;
    this.#pause.textContent = this.#isPaused ? `Resume (${formatCount(held)})` : 'Pause';
    if (this.#isPaused) return;
    const fresh = this.#waiting;
    this.#waiting = [];
    const follows = this.#log.scrollHeight - this.#log.scrollTop - this.#log.clientHeight < 24;
    this.#applyFilter(fresh);
    this.#log.append(...fresh.map(({ element }) => element));
    const all = [...this.#rows, ...fresh];
    for (const { element } of all.slice(0, -MOST_ROWS)) element.remove();
    this.#rows = all.slice(-MOST_ROWS);
    this.#empty.hidden = this.#rows.length > 0;
    if (follows) this.#log.scrollTop = this.#log.scrollHeight;
  }

  #applyFilter(rows: readonly FrameRow[]): void {
    const wanted = this.#filter.value.trim().toLowerCase();
    const withHeartbeats = this.#heartbeats.checked;
    const only = this.#onlyThis.checked ? this.#connection : undefined;
    for (const { entry, element, haystack } of rows) {
      element.hidden =
        !haystack.includes(wanted) ||
        (!withHeartbeats && element.classList.contains('heartbeat')) ||
        (only !== undefined && entry.connection !== only);
    }
  }
}
