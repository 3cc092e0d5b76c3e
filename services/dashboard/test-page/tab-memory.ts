import type { Position } from '../../client/index.js';
import { isFields, readFields, readText } from '../shared/fields.js';
import type { Target } from './target.js';

const PREFIX = 'switchyard';
const NUMBERS = `${PREFIX}.connections`;
const SESSION = 'session';
const CHANNELS = 'channels';
const TARGET = 'target';

/**
 * What survives a reload of this tab, of one connection: the session, where it was connected to, and the channels with the
 * place seen in each. It is the tab's own sessionStorage, since a session has one connection at a time. Where storage is
 * blocked, nothing survives.
 */
export class TabMemory {
  readonly #storage = openStorage();
  readonly #number: number;
  #session: string | undefined;

  /** @param number of the connection: the first is 1 */
  constructor(number: number) {
    this.#number = number;
    this.#session = this.#read(SESSION);
  }

  get session(): string | undefined {
    return this.#session;
  }

  rememberSession(session: string): void {
    this.#session = session;
    this.#write(SESSION, session);
  }

  forgetSession(): void {
    this.#session = undefined;
    this.#storage?.removeItem(this.#key(SESSION));
  }

  rememberChannels(channels: ReadonlyMap<string, Position | undefined>): void {
    const places = Array.from(channels, ([name, position]) => [name, position ?? null] as const);
    this.#write(CHANNELS, JSON.stringify(Object.fromEntries(places)));
  }

  channels(): readonly (readonly [string, Position | undefined])[] {
    const remembered = readFields(this.#read(CHANNELS) ?? '') ?? {};
    return Object.entries(remembered).map(([name, position]) => [name, readPosition(position)]);
  }

  /** `connected`: it is to be connected again after a reload. */
  rememberTarget(target: Target, connected: boolean): void {
    this.#write(TARGET, JSON.stringify({ ...target, connected }));
  }

  target(): Readonly<{ target: Target; connected: boolean }> {
    const { path, clientId, token, connected } = readFields(this.#read(TARGET) ?? '') ?? {};
    const target: Target = {
      path: path === '/ws' ? '/ws' : '/ws/chat/',
      clientId: readText(clientId) ?? '',
      token: readText(token) ?? '',
    };
    return { target, connected: connected === true };
  }

  /** The connection is no more. */
  forgetAll(): void {
    this.#session = undefined;
    for (const name of [SESSION, CHANNELS, TARGET]) this.#storage?.removeItem(this.#key(name));
  }

  #read(name: string): string | undefined {
    return this.#storage?.getItem(this.#key(name)) ?? undefined;
  }

  #write(name: string, text: string): void {
    this.#storage?.setItem(this.#key(name), text);
  }

  #key(name: string): string {
    return this.#number === 1 ? `${PREFIX}.${name}` : `${PREFIX}.${name}.${this.#number}`;
  }
}

/** The numbers of the connections that were there; the first alone when nothing is remembered. */
export const rememberedNumbers = (most: number): readonly number[] => {
  const numbers = (openStorage()?.getItem(NUMBERS) ?? '')
    .split(' ')
    .map(Number)
    .filter((number) => Number.isInteger(number) && number >= 1 && number <= most);
  return numbers.length === 0 ? [1] : Array.from(new Set(numbers));
};

export const rememberNumbers = (numbers: readonly number[]): void => {
  openStorage()?.setItem(NUMBERS, numbers.join(' '));
};

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
