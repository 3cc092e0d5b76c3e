import { find, make } from '../shared/elements.js';
import type { AdminEvent } from './frames.js';

const MAX_LINES = 50;

const DONE: ReadonlyMap<string, string> = new Map([
  ['admin_warned', 'warned'],
  ['admin_disconnected', 'disconnected'],
  ['admin_revoked', 'took back the tokens of'],
]);

/** What administrators did, newest first. */
export class EventLog {
  readonly #list = find('events', HTMLOListElement);
  readonly #section = find('events-section', HTMLElement);

  add({ event, at, by, connections, of }: AdminEvent): void {
    const clock = new Date(at).toLocaleTimeString('en-GB');
    const did = DONE.get(event) ?? event;
    const count = connections === 1 ? '' : ` (${connections} connections)`;
    this.#list.prepend(make('li', '', `${clock}  ${by} ${did} ${of}${count}`));
    while (this.#list.children.length > MAX_LINES) this.#list.lastElementChild?.remove();
    this.#section.hidden = false;
  }

  clear(): void {
    this.#list.replaceChildren();
    this.#section.hidden = true;
  }
}
