const FIRST_ROOM = 64;

/** A list of 32-bit integers that grows: four bytes each, where an array of objects would take fifty. */
export class Numbers {
  #values = new Int32Array(FIRST_ROOM);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const wider = new Int32Array(this.#values.length * 2);
      wider.set(this.#values);
      this.#values = wider;
    }
    this.#values[this.#length] = value;
    this.#length += 1;
  }

  /** What was pushed so far. A view: it is not to be kept over a push. */
  view(): Int32Array {
    return this.#values.subarray(0, this.#length);
  }
}
