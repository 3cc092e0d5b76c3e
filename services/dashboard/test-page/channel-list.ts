import type { Position } from '../../client/index.js';
import { find, make } from '../shared/elements.js';

/** The channels of `/ws`, each with the last offset taken and a button to leave it. */
export class ChannelList {
  readonly #list = find('channels', HTMLElement);
  readonly #leave: (channel: string) => void;

  constructor(leave: (channel: string) => void) {
    this.#leave = leave;
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
    const leave = make('button', 'quiet', 'Unsubscribe');
    leave.type = 'button';
    leave.setAttribute('aria-label', `Unsubscribe from ${name}`);
    leave.addEventListener('click', () => {
      this.#leave(name);
    });
    item.append(make('span', 'name', name), make('span', 'offset'), leave);
    this.#list.append(item);
    return item;
  }
}
