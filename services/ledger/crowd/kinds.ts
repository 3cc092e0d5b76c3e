import { verdict } from '../check.js';
import type { Publication } from '../events.js';
import type { Account } from '../record.js';
import { Mishaps } from '../mishaps.js';
import type { KindResult } from './messages.js';

/** Clients of one kind, and what befell them. */
export class Kind<Client> {
  readonly clients: Client[] = [];
  readonly mishaps: Mishaps;

  constructor(onTrouble: (words: string) => void) {
    this.mishaps = new Mishaps(onTrouble);
  }
}

/** What became of the publications at these accounts. Refused publishes are counted with their publishers. */
export const kindResult = (
  publications: readonly Publication[],
  accounts: readonly Account[],
  { clients, mishaps }: Kind<unknown>,
): KindResult => {
  const heard = verdict(
    publications.filter(({ outcome }) => outcome.kind !== 'refused'),
    accounts,
    mishaps.refusedOnTheWay,
  );
  const { delivered, lost, duplicated, outOfOrder, refused, told, neverJoined, examples, first } = heard;
  return {
    clients: clients.length,
    delivered,
    lost,
    duplicated,
    outOfOrder,
    refused,
    told,
    neverJoined,
    resumeFailures: mishaps.resumeFailures,
    unexpectedCloses: mishaps.unexpectedCloses,
    lateMoves: mishaps.lateMoves,
    awayCount: mishaps.absences.count,
    away: mishaps.absences.times(),
    examples: [...examples],
    first,
  };
};
