import { verdict } from '../check.js';
import type { Publication } from '../events.js';
import type { Account } from '../record.js';
import { Tally } from '../tally.js';
import type { KindResult } from './messages.js';

/** Clients of one kind, and what befell them. */
export class Kind<Client> {
  readonly clients: Client[] = [];
  readonly tally: Tally;

  constructor(onTrouble: (words: string) => void) {
    this.tally = new Tally(onTrouble);
  }
}

/** What became of the publications at these accounts. Refused publishes are counted with their publishers. */
export const kindResult = (
  publications: readonly Publication[],
  accounts: readonly Account[],
  { clients, tally }: Kind<unknown>,
): KindResult => {
  const heard = verdict(
    publications.filter(({ outcome }) => outcome.kind !== 'refused'),
    accounts,
    tally.refusedOnTheWay,
  );
  const { delivered, lost, duplicated, outOfOrder, refused, told, examples } = heard;
  return {
    clients: clients.length,
    delivered,
    lost,
    duplicated,
    outOfOrder,
    refused,
    told,
    resumeFailures: tally.resumeFailures,
    unexpectedCloses: tally.unexpectedCloses,
    lateMoves: tally.lateMoves,
    awayCount: tally.away,
    away: tally.awayMs.times(),
    examples: [...examples],
  };
};
