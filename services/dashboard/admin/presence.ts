import { readText, type Fields } from '../shared/fields.js';
import { get } from '../shared/api.js';
import { listOf, readFigure, type Figure } from './frames.js';
import { firstPage, pageAfter, pageBefore } from './list-query.js';
import { Pager, type ListedPage } from './pager.js';
import { PresenceView } from './presence-view.js';
import { Refresh } from './refresh.js';

export interface PresenceEvents {
  /** It was closed by a person: the focus is to go back to what opened it. */
  closed(channel: string): void;
  /** Where this client is connected is wanted. */
  find(clientId: string): void;
  stranger(): void;
}

type PresenceQuery = Readonly<{ channel: string; limit: number; cursors: readonly string[] }>;

/** Of `anonymousAmong` that came first so many have no name of their own. */
export type PresencePage = ListedPage &
  Readonly<{ clients: readonly Fields[]; anonymous: Figure; anonymousAmong: Figure }>;

const INTERVAL_MS = 5_000;
const PER_PAGE = 50;
const FOREIGN = 'the server answered what this page does not understand';

/** Who is in one channel, while a person wants to know. */
export class ChannelPresence {
  readonly #events: PresenceEvents;
  readonly #refresh = new Refresh(INTERVAL_MS, (signal) => this.#ask(signal));
  readonly #view: PresenceView;
  readonly #pager = new Pager('presence-', {
    previous: () => {
      if (this.#shown !== undefined) this.#want(pageBefore(this.#shown.query));
    },
    next: () => {
      const { query, nextCursor } = this.#shown ?? {};
      if (query !== undefined && nextCursor !== undefined) this.#want(pageAfter(query, nextCursor));
    },
  });
  #shown: Readonly<{ query: PresenceQuery; nextCursor: string | undefined }> | undefined;
  /** Undefined: nothing is asked for. */
  #wanted: PresenceQuery | undefined;

  constructor(events: PresenceEvents) {
    this.#events = events;
    this.#view = new PresenceView({
      close: (channel) => {
        this.close();
        events.closed(channel);
      },
      find: (clientId) => {
        events.find(clientId);
      },
    });
  }

  open(channel: string): void {
    this.close();
    this.#view.open(channel);
    // The server keeps it for itself: there is nobody to be told of.
    if (channel.startsWith('~')) return;
    this.#wanted = { channel, limit: PER_PAGE, cursors: [] };
    this.#refresh.start();
  }

  close(): void {
    this.#wanted = undefined;
    this.#shown = undefined;
    this.#refresh.stop();
    this.#view.close();
  }

  #want(query: PresenceQuery): void {
    this.#wanted = query;
    this.#refresh.now();
  }

  async #ask(signal: AbortSignal): Promise<void> {
    const query = this.#wanted;
    if (query === undefined) return;
    const { channel, limit, cursors } = query;
    const asked = new URLSearchParams({ channel, limit: String(limit), cursor: cursors.at(-1) ?? '' });
    const answer = await get(`/admin/api/presence?${asked.toString()}`, signal);
    if (signal.aborted) return;
    if (answer.kind === 'stranger') {
      this.#events.stranger();
      return;
    }
    const page = answer.kind === 'fields' ? readPresence(answer.fields) : undefined;
    if (page === undefined) {
      this.#view.failed(answer.kind === 'failure' ? answer.reason : FOREIGN);
      // A cursor of another release: the way there has to be gone anew.
      if (answer.kind === 'failure' && answer.isRefused) this.#wanted = firstPage(query);
      return;
    }
    if (page.shown === 0 && cursors.length > 0) {
      // Everybody on this page has left.
      this.#wanted = pageBefore(query);
      await this.#ask(signal);
      return;
    }
    const isTurned = query !== this.#shown?.query;
    this.#shown = { query, nextCursor: page.nextCursor };
    this.#view.show(page, isTurned);
    this.#pager.show(query, page, isTurned);
  }
}

/** Undefined: what came is no page of it. */
const readPresence = (fields: Fields): PresencePage | undefined => {
  const matching = readFigure(fields['count']);
  if (!Array.isArray(fields['clients']) || matching === null) return undefined;
  const clients = listOf(fields['clients']);
  return {
    clients,
    shown: clients.length,
    matching,
    nextCursor: readText(fields['next_cursor']),
    isWhole: true,
    anonymous: readFigure(fields['anonymous']),
    anonymousAmong: readFigure(fields['anonymous_among']),
  };
};
