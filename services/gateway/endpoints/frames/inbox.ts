const MAX_BYTES = 256 * 1024;
/** What a frame costs besides its text, so that empty ones are bounded too. */
const FRAME_BYTES = 64;

/** What a client says before it is welcomed: it waits for its session. */
export class Inbox {
  readonly #messages: string[] = [];
  #bytes = 0;

  /** In the order in which they came. */
  get messages(): readonly string[] {
    return this.#messages;
  }

  /** False: there is more of it than may wait, and this is not kept. */
  takes(message: string): boolean {
    this.#bytes += message.length + FRAME_BYTES;
    if (this.#bytes > MAX_BYTES) return false;
    this.#messages.push(message);
    return true;
  }
}
