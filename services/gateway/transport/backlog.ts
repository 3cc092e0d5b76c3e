/** A socket whose client has not read everything yet. */
export type Backlogged = Readonly<{ bufferedBytes: number }>;

/**
 * What waits in this process for clients to read. Sockets are noted where somebody sees that bytes wait on them (after
 * each direct send; the hub looks at those that topics bring to), so that a look does not have to ask thousands.
 */
export class Backlog {
  readonly #noted = new Set<Backlogged>();

  note(socket: Backlogged): void {
    this.#noted.add(socket);
  }

  forget(socket: Backlogged): void {
    this.#noted.delete(socket);
  }

  /** Of all sockets together. */
  get bytes(): number {
    let bytes = 0;
    for (const socket of this.#noted) {
      const { bufferedBytes } = socket;
      bytes += bufferedBytes;
      if (bufferedBytes === 0) this.#noted.delete(socket);
    }
    return bytes;
  }
}
