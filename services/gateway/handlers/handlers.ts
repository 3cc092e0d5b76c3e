import { dirname, join } from 'node:path';
import { ModulesUnusable } from '../../application/modules.js';
import { CLIENT_FRAME_TYPES } from '../../protocol/decode-client.js';
import { SERVER_DECODERS } from '../../protocol/server-decoders.js';
import type { Handler } from './handler.js';
import { CallOver } from './run.js';

/** A handler and the file that it came from. */
export type FoundHandler = Readonly<{ handler: Handler; file: string }>;

/** Folder of a release's handlers with the parts that several of them import (scripts/build-modules.mjs). */
const SHARED = 'shared';
const TYPE = /^[A-Za-z][A-Za-z0-9_.-]{0,63}$/;
const OF_THE_PROTOCOL: ReadonlySet<string> = new Set([...CLIENT_FRAME_TYPES, ...SERVER_DECODERS.keys()]);

/** The handlers of a worker. */
export class Handlers {
  /** For the decoder. */
  readonly types: ReadonlySet<string>;
  readonly #handlers: ReadonlyMap<string, Handler>;
  /** What a line of a stack holds that leads to them. */
  readonly #places: readonly string[];
  readonly #seen = new WeakSet<object>();

  /** @throws ModulesUnusable for a type that is none, is the protocol's, or has another handler */
  constructor(found: readonly FoundHandler[] = []) {
    const files = new Map<string, string>();
    for (const { handler, file } of found) {
      const trouble = troubleWith(handler.type, files.get(handler.type));
      if (trouble !== undefined)
        throw new ModulesUnusable(`${file}: the type ${JSON.stringify(handler.type)} ${trouble}`);
      files.set(handler.type, file);
    }
    this.#handlers = new Map(found.map(({ handler }) => [handler.type, handler]));
    this.types = new Set(this.#handlers.keys());
    // Beside the modules of a release lies what they share.
    this.#places = [...files.values()].flatMap((file) => [`${file}:`, `${join(dirname(file), SHARED)}/`]);
  }

  of(type: string): Handler | undefined {
    return this.#handlers.get(type);
  }

  /** A call was given this error. */
  saw(error: unknown): void {
    if (error instanceof Error) this.#seen.add(error);
  }

  /**
   * Whether an error that nobody caught is the application's: out of a timer, or of a promise that no handler waits for. What
   * the worker itself does is whole then, and it can go on.
   */
  hasLost(error: unknown): boolean {
    if (!(error instanceof Error)) return false;
    if (error instanceof CallOver || this.#seen.has(error)) return true;
    return this.#places.some((place) => error.stack?.includes(place) === true);
  }
}

/** @param other the file that has a handler for it already */
const troubleWith = (type: string, other: string | undefined): string | undefined => {
  if (OF_THE_PROTOCOL.has(type) || type.startsWith('system.')) return "is the protocol's own";
  if (!TYPE.test(type)) return 'must be of the form [A-Za-z][A-Za-z0-9_.-]{0,63}';
  return other === undefined ? undefined : `has a handler already, in ${other}`;
};
