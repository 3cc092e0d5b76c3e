import type { Position } from '../../client/index.js';
import { find, make } from '../shared/elements.js';

export interface ChannelEvents {
  leave(channel: string): void;
  history(channel: string): void;
}

/** The channels of `/ws`, each with the last offset taken, its history on request, and a button to leave it. */
export class ChannelList {
  readonly #list = find('channels', HTMLElement);
  readonly #events: ChannelEvents;

  constructor(events: ChannelEvents) {
    this.#events = events;
  }

  show(channels: ReadonlyMap<string, Position | undefined>): void {
    for (const item of Array.from(this.#list.children)) {
      if (item instanceof HTMLElement && !channels.has(item.dataset['channel'] ?? '')) item.remove();
    }
    for (const [name, position] of channels) {
      const item = this.#items().find(({ dataset }) => dataset['channel'] === name) ?? this.#add(name);
      const offset = item.querySelector('.offset');
      if (offset !== null) offset.textContent = position === undefined ? '' : `#${position.offset}`;
    }
  }

  #items(): readonly HTMLElement[] {
    return Array.from(this.#list.children).filter((item) => item instanceof HTMLElement);
  }

  #add(name: string): HTMLElement {
    const item = make('li', 'channel');
    item.dataset['channel'] = name;
    const leave = action('Unsubscribe', `Unsubscribe from ${name}`, () => this.#events.leave(name));
    const history = action('History', `History of ${name}`, () => this.#events.history(name));
    item.append(make('span', 'name', name), make('span', 'offset'), history, leave);
    this.#list.append(item);
    return item;
  }
}

const action = (text: string, label: string, act: () => void): HTMLButtonElement => {
  const button = make('button', 'quiet', text);
  button.type = 'button';
  button.setAttribute('aria-label', label);
  button.addEventListener('click', act);
  return button;
};
