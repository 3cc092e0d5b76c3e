/** What one turn of the event loop has of one kind is done at once, when the turn has read every socket. */
export class Turn<Item> {
  readonly #act: (items: readonly Item[]) => Promise<void>;
  #items: Item[] = [];
  #done: Promise<void> | undefined;

  /** @param act does what was added, in its order; what was added resolves or rejects as it does */
  constructor(act: (items: readonly Item[]) => Promise<void>) {
    this.#act = act;
  }

  add(item: Item): Promise<void> {
    this.#items.push(item);
    this.#done ??= new Promise((resolve) => setImmediate(() => resolve(this.#end())));
    return this.#done;
  }

  #end(): Promise<void> {
    const items = this.#items;
    this.#items = [];
    this.#done = undefined;
    return this.#act(items);
  }
}
