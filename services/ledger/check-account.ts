import { timeOf } from './clock.js';
import type { SubscriberFindings } from './findings.js';
import type { Acked, Lives } from './lives.js';
import type { Account, Mark } from './record.js';
import type { Places } from './places.js';
import { whereabouts } from './whereabouts.js';

/**
 * Goes over what one subscriber heard, and then over what it should have heard. The stamps say which account saw a
 * message last, so that thousands of accounts of a channel share three arrays.
 */
export class AccountCheck {
  readonly #places: Places;
  readonly #lives: Lives;
  readonly #expected: readonly Readonly<{ publication: Acked; id: number }>[];
  readonly #heardMessage: Int32Array;
  readonly #heardId: Int32Array;
  /** The message by which the id was heard, and how many marks the account had then. */
  readonly #lastOfId: Int32Array;
  readonly #marksAtId: Int32Array;
  #stamp = 0;

  constructor(places: Places, lives: Lives, acked: readonly Acked[]) {
    this.#places = places;
    this.#lives = lives;
    this.#expected = acked.map((publication) => ({ publication, id: places.idNumber(publication.id) ?? -1 }));
    this.#heardMessage = new Int32Array(places.offsets.length);
    this.#heardId = new Int32Array(places.idCount);
    this.#lastOfId = new Int32Array(places.idCount);
    this.#marksAtId = new Int32Array(places.idCount);
  }

  check(account: Account, findings: SubscriberFindings): void {
    this.#stamp += 1;
    this.#checkOrder(account, findings);
    this.#checkWhole(account, findings);
  }

  #checkOrder(account: Account, findings: SubscriberFindings): void {
    const { messages, times, marks, subscriber, channel } = account;
    const who = `${subscriber} on ${channel.name}`;
    const at = (index: number): string => whereabouts(account, channel.unpackTime(times[index] ?? 0));
    let newest = -1;
    let passed = 0;
    for (let index = 0; index < messages.length; index += 1) {
      for (let mark = marks[passed]; mark !== undefined && mark.before <= index; mark = marks[passed]) {
        newest = mark.offset;
        passed += 1;
      }
      const message = messages[index] ?? -1;
      const offset = this.#places.offsets[message] ?? -1;
      if (this.#isRepeat(message, passed)) {
        const twice = `offset ${offset} twice (id ${this.#places.idOf(message)})`;
        findings.ofApplication('duplicated', offset, { words: () => `${who} got ${twice}`, where: () => at(index) });
      } else if (offset <= newest) {
        const behind = newest;
        findings.ofApplication('outOfOrder', offset, {
          words: () => `${who} got offset ${offset} behind ${behind}`,
          where: () => at(index),
        });
      }
      if (offset > newest) newest = offset;
      this.#note(message, passed);
    }
  }

  /** The same message again, or the same publication again in another life without a word of the server in between. */
  #isRepeat(message: number, marks: number): boolean {
    if (this.#heardMessage[message] === this.#stamp) return true;
    const id = this.#places.ids[message] ?? -1;
    if (this.#heardId[id] !== this.#stamp || this.#marksAtId[id] !== marks) return false;
    // Logged twice in one life: that is found once for all subscribers.
    return this.#places.lives[this.#lastOfId[id] ?? -1] !== this.#places.lives[message];
  }

  #note(message: number, marks: number): void {
    const id = this.#places.ids[message] ?? -1;
    this.#heardMessage[message] = this.#stamp;
    this.#heardId[id] = this.#stamp;
    this.#lastOfId[id] = message;
    this.#marksAtId[id] = marks;
  }

  #checkWhole(account: Account, findings: SubscriberFindings): void {
    const { marks, subscriber, channel } = account;
    for (const { publication, id } of this.#expected) {
      if (id >= 0 && this.#heardId[id] === this.#stamp) continue;
      if (marks.length === 0 || marks.some((mark) => this.#isExcused(publication, mark))) continue;
      const { offset, atMs } = publication.outcome;
      findings.ofApplication('lost', offset, {
        words: () =>
          `${subscriber} on ${channel.name} never got offset ${offset} (id ${publication.id}), acked at ${timeOf(atMs)}`,
        where: () => whereabouts(account, atMs),
      });
    }
  }

  /** What was not even sent when the mark came lies behind it, whatever place the mark names: the server can't know of it. */
  #isExcused(publication: Acked, mark: Mark): boolean {
    return publication.sentAtMs <= mark.atMs && this.#lives.isBefore(publication, mark);
  }
}
