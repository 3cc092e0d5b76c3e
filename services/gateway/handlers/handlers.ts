import { ModulesUnusable } from '../../application/modules.js';
import { CLIENT_FRAME_TYPES } from '../../protocol/decode-client.js';
import { SERVER_DECODERS } from '../../protocol/server-decoders.js';
import type { Handler } from './handler.js';

/** A handler and the file that it came from. */
export type FoundHandler = Readonly<{ handler: Handler; file: string }>;

const TYPE = /^[A-Za-z][A-Za-z0-9_.-]{0,63}$/;
const OF_THE_PROTOCOL: ReadonlySet<string> = new Set([...CLIENT_FRAME_TYPES, ...SERVER_DECODERS.keys()]);

/** The handlers of a worker. */
export class Handlers {
  /** For the decoder. */
  readonly types: ReadonlySet<string>;
  readonly #handlers: ReadonlyMap<string, Handler>;

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
  }

  of(type: string): Handler | undefined {
    return this.#handlers.get(type);
  }
}

/** @param other the file that has a handler for it already */
const troubleWith = (type: string, other: string | undefined): string | undefined => {
  if (OF_THE_PROTOCOL.has(type) || type.startsWith('system.')) return "is the protocol's own";
  if (!TYPE.test(type)) return 'must be of the form [A-Za-z][A-Za-z0-9_.-]{0,63}';
  return other === undefined ? undefined : `has a handler already, in ${other}`;
};
