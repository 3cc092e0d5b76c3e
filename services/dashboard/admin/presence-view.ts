import { find } from '../shared/elements.js';
import { readText } from '../shared/fields.js';
import { formatCount } from '../shared/numbers.js';
import { readFigure } from './frames.js';
import { formatMoment } from './moment.js';
import type { PresencePage } from './presence.js';
import { Rows } from './rows.js';
import { setText } from './totals.js';

export interface PresenceViewEvents {
  /** A person wants no more of it. */
  close(channel: string): void;
  find(clientId: string): void;
}

const OWN_CHANNEL = 'Clients of the plain chat are in no presence: find them above, by the endpoint plain.';

/** Who is in a channel, beside the list of channels. */
export class PresenceView {
  readonly #section = find('presence', HTMLElement);
  readonly #title = find('presence-title', HTMLElement);
  readonly #channel = find('presence-channel', HTMLElement);
  readonly #summary = find('presence-summary', HTMLElement);
  readonly #list = find('presence-list', HTMLElement);
  readonly #scroll = find('presence-scroll', HTMLElement);
  readonly #rows: Rows;

  constructor(events: PresenceViewEvents) {
    const classes = ['code', 'number', 'time', 'code info'];
    this.#rows = new Rows(find('presence-body', HTMLTableSectionElement), classes, {
      title: 'Find its connections',
      press: (clientId) => {
        events.find(clientId);
      },
    });
    const close = (): void => {
      events.close(this.#channel.textContent);
    };
    find('presence-close', HTMLButtonElement).addEventListener('click', close);
    this.#section.addEventListener('keydown', ({ key }) => {
      if (key === 'Escape') close();
    });
  }

  /** Nothing of it is known yet. */
  open(channel: string): void {
    delete this.#section.dataset['state'];
    this.#summary.setAttribute('aria-live', 'polite');
    const isOwn = channel.startsWith('~');
    setText(this.#channel, channel);
    setText(this.#summary, isOwn ? OWN_CHANNEL : 'Asking …');
    this.#rows.show([]);
    this.#list.hidden = true;
    this.#section.hidden = false;
    this.#title.focus();
  }

  close(): void {
    this.#section.hidden = true;
  }

  show({ clients, matching, anonymous, anonymousAmong }: PresencePage, isTurned: boolean): void {
    delete this.#section.dataset['state'];
    // Read aloud when a person asked for it, not whenever somebody comes.
    this.#summary.setAttribute('aria-live', isTurned ? 'polite' : 'off');
    setText(this.#summary, summaryOf(matching, anonymous, anonymousAmong));
    this.#list.hidden = clients.length === 0;
    this.#list.dataset['info'] = String(clients.some(({ info }) => info !== undefined));
    this.#rows.show(
      clients.map((client) => {
        const name = readText(client['client_id']) ?? '–';
        const { info } = client;
        return {
          key: name,
          cells: [
            name,
            formatCount(readFigure(client['connections']) ?? 0),
            formatMoment(readText(client['joined_at']) ?? '–'),
            info === undefined ? '–' : JSON.stringify(info),
          ],
        };
      }),
    );
    if (!isTurned) return;
    this.#scroll.scrollTop = 0;
    this.#section.scrollIntoView({ block: 'nearest' });
  }

  failed(reason: string): void {
    this.#section.dataset['state'] = 'failed';
    setText(this.#summary, `Not updated: ${reason}`);
  }
}

const summaryOf = (count: number, anonymous: number | null, among: number | null): string => {
  if (count === 0) return 'Nobody is in it.';
  const all = count === 1 ? '1 client' : `${formatCount(count)} clients`;
  if (anonymous === null || among === null) return all;
  const those = count > among ? ` among the first ${formatCount(among)}` : '';
  return `${all}, ${formatCount(anonymous)} anonymous${those}`;
};
