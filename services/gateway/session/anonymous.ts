import { randomBytes, randomFillSync } from 'node:crypto';
import { parseClientId, type ClientId } from '../../protocol/ids.js';

const BYTES = 4;
/** Of as many clients: to ask the kernel for each alone costs more than all else of a name. */
const POOLED = 256;

/** A name for a client that asked for none, `anon-` and 8 hex digits: no client can claim one of these. */
export const mintAnonymousId = (bytes = randomBytes(BYTES)): ClientId => {
  const id = parseClientId(`anon-${bytes.toString('hex')}`);
  if (id === undefined) throw new Error('eight hex digits did not make a client_id');
  return id;
};

/** Such names for whoever needs one after the other. */
export class AnonymousIds {
  readonly #pool = Buffer.alloc(BYTES * POOLED);
  #at = this.#pool.length;

  mint(): ClientId {
    if (this.#at === this.#pool.length) {
      randomFillSync(this.#pool);
      this.#at = 0;
    }
    const from = this.#at;
    this.#at += BYTES;
    return mintAnonymousId(this.#pool.subarray(from, this.#at));
  }
}
