import { find } from '../shared/elements.js';
import { get } from '../shared/api.js';
import { ConnectionsTable } from './connections-table.js';
import { Dismissal } from './dismissal.js';
import { readList, type List } from './list.js';
import { firstPage, pageAfter, pageBefore, queryText, sortedBy, type ListQuery } from './list-query.js';
import { Pager } from './pager.js';
import { Refresh } from './refresh.js';

export interface ConnectionsEvents {
  /** `note`: what is missing in it, in words. */
  listed(note: string): void;
  failed(reason: string): void;
  stranger(): void;
}

/** How the page begins: an order that every release knows. */
const FIRST_ORDER = { sort: 'duration', order: 'desc' } as const;
const INTERVAL_MS = 2_000;
/** After the last key of a search, ms. */
const TYPING_MS = 250;

/** The list of connections: what of it is wanted, and what came. */
export class ConnectionList {
  readonly #events: ConnectionsEvents;
  readonly #refresh = new Refresh(INTERVAL_MS, (signal) => this.#ask(signal));
  readonly #dismissal = new Dismissal(() => {
    this.#refresh.now();
  });
  readonly #table = new ConnectionsTable({
    sort: (by) => {
      this.#want(sortedBy(this.#wanted, by));
    },
    act: (action, target) => {
      this.#dismissal.ask(action, target);
    },
  });
  readonly #search = find('search', HTMLInputElement);
  readonly #color = find('filter-color', HTMLSelectElement);
  readonly #endpoint = find('filter-endpoint', HTMLSelectElement);
  readonly #size = find('page-size', HTMLSelectElement);
  readonly #pager = new Pager('', {
    previous: () => {
      if (this.#shown !== undefined) this.#want(pageBefore(this.#shown.query));
    },
    next: () => {
      const { query, list } = this.#shown ?? {};
      if (query !== undefined && list?.nextCursor !== undefined) this.#want(pageAfter(query, list.nextCursor));
    },
  });
  readonly #empty = find('connections-empty', HTMLElement);
  readonly #rangeNote = find('range-note', HTMLElement);
  #shown: Readonly<{ query: ListQuery; list: List }> | undefined;
  /** Asked for until it comes; what is shown stays what came last. */
  #wanted: ListQuery = {
    search: '',
    color: '',
    endpoint: '',
    ...FIRST_ORDER,
    limit: Number(this.#size.value),
    cursors: [],
  };

  constructor(events: ConnectionsEvents) {
    this.#events = events;
    const narrow = (): void => {
      this.#narrow();
    };
    let typing: ReturnType<typeof setTimeout> | undefined;
    this.#search.addEventListener('input', () => {
      clearTimeout(typing);
      typing = setTimeout(narrow, TYPING_MS);
    });
    for (const filter of [this.#color, this.#endpoint]) filter.addEventListener('change', narrow);
    this.#size.addEventListener('change', () => {
      this.#want({ ...firstPage(this.#wanted), limit: Number(this.#size.value) });
    });
    this.#table.showOrder(this.#wanted);
  }

  start(): void {
    this.#refresh.start();
  }

  stop(): void {
    this.#refresh.stop();
    this.#shown = undefined;
    this.#table.show([]);
  }

  /** Shows those of one client, whatever was searched for, and leads a person there. */
  find(clientId: string): void {
    this.#search.value = clientId;
    this.#color.value = '';
    this.#endpoint.value = '';
    this.#narrow();
    this.#search.focus();
  }

  #narrow(): void {
    const narrowed = { search: this.#search.value, color: this.#color.value, endpoint: this.#endpoint.value };
    this.#want({ ...firstPage(this.#wanted), ...narrowed });
  }

  #want(query: ListQuery): void {
    this.#wanted = query;
    this.#table.showOrder(query);
    this.#refresh.now();
  }

  async #ask(signal: AbortSignal): Promise<void> {
    const query = this.#wanted;
    const answer = await get(`/admin/api/connections?${queryText(query)}`, signal);
    if (signal.aborted) return;
    if (answer.kind === 'stranger') {
      this.#events.stranger();
      return;
    }
    if (answer.kind === 'failure') {
      this.#events.failed(answer.reason);
      // A cursor, or an order, of another release: the way there has to be gone anew.
      if (answer.isRefused) this.#wanted = query.cursors.length > 0 ? firstPage(query) : { ...query, ...FIRST_ORDER };
      this.#table.showOrder(this.#wanted);
      return;
    }
    const list = readList(answer.fields);
    if (list === undefined) {
      this.#events.failed('the server answered what this page does not understand');
      return;
    }
    if (list.shown === 0 && list.isWhole && query.cursors.length > 0) {
      // Everybody on this page has left.
      this.#wanted = pageBefore(query);
      await this.#ask(signal);
      return;
    }
    this.#show(query, list);
  }

  #show(query: ListQuery, list: List): void {
    const isTurned = query !== this.#shown?.query;
    this.#shown = { query, list };
    // Before its rows change: asked behind it, the whole page would be laid out at once for the answer.
    if (isTurned) this.#table.toTop();
    this.#table.show(list.connections);
    this.#pager.show(query, list, isTurned);
    const isNarrow = query.search !== '' || query.color !== '' || query.endpoint !== '';
    this.#empty.textContent = isNarrow ? 'Nobody like that is connected.' : 'Nobody is connected.';
    // The page's own WebSocket is listed, and in no figure.
    this.#rangeNote.hidden = isNarrow;
    this.#empty.hidden = list.shown > 0 || !list.isWhole;
    const { unanswered } = list;
    this.#events.listed(
      list.isWhole ? '' : `No answer from ${unanswered.join(', ')}: those connections are not listed`,
    );
  }
}
