import type { Position } from '../../client/index.js';
import { isFields, readFields } from '../shared/fields.js';

const SESSION = 'switchyard.session';
const CHANNELS = 'switchyard.channels';

/**
 * What survives a reload of this tab: the session, and the channels with the place seen in each. It is the tab's own
 * sessionStorage, since a session has one connection at a time. Where storage is blocked, nothing survives.
 */
export class TabMemory {
  readonly #storage = openStorage();
  #session = this.#storage?.getItem(SESSION) ?? undefined;

  get session(): string | undefined {
    return this.#session;
  }

  rememberSession(session: string): void {
    this.#session = session;
    this.#storage?.setItem(SESSION, session);
  }

  forgetSession(): void {
    this.#session = undefined;
    this.#storage?.removeItem(SESSION);
  }

  rememberChannels(channels: ReadonlyMap<string, Position | undefined>): void {
    const places = Array.from(channels, ([name, position]) => [name, position ?? null] as const);
    this.#storage?.setItem(CHANNELS, JSON.stringify(Object.fromEntries(places)));
  }

  channels(): readonly (readonly [string, Position | undefined])[] {
    const remembered = readFields(this.#storage?.getItem(CHANNELS) ?? '') ?? {};
    return Object.entries(remembered).map(([name, position]) => [name, readPosition(position)]);
  }
}

const readPosition = (value: unknown): Position | undefined => {
  if (!isFields(value)) return undefined;
  const { epoch, offset } = value;
  return typeof epoch === 'string' && typeof offset === 'number' ? { epoch, offset } : undefined;
};

const openStorage = (): Storage | undefined => {
  try {
    return sessionStorage;
  } catch {
    return undefined;
  }
};
