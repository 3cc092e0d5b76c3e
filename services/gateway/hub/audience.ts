import type { FeedMember } from './feed-context.js';

/** Who gets what a feed publishes through its topic, and how much that was for each of them. */
export class Audience implements Iterable<FeedMember> {
  /** With what had been published when they joined. */
  readonly #members = new Map<FeedMember, number>();
  #counted = 0;
  #published = 0;

  get size(): number {
    return this.#members.size;
  }

  /** Of the members those that count in the worker's totals. */
  get counted(): number {
    return this.#counted;
  }

  /** Publications that this member has got since it joined; 0 for one that is no member. */
  heardBy(member: FeedMember): number {
    return this.#published - (this.#members.get(member) ?? this.#published);
  }

  add(member: FeedMember): void {
    if (this.#members.has(member)) return;
    this.#members.set(member, this.#published);
    if (member.isCounted) this.#counted += 1;
  }

  /** False: it was no member. */
  delete(member: FeedMember): boolean {
    if (!this.#members.delete(member)) return false;
    if (member.isCounted) this.#counted -= 1;
    return true;
  }

  /** One more publication went out. */
  hear(): void {
    this.#published += 1;
  }

  [Symbol.iterator](): Iterator<FeedMember> {
    return this.#members.keys();
  }
}
