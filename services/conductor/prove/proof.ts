import type { CrowdOptions, CrowdResult, KindResult } from '../../ledger/crowd/messages.js';
import { msOf, tableLines } from '../../ledger/table.js';
import type { DeployResult } from '../verbs/promote.js';

/** What `prove` found out. `proven`: both deploys were done, and nothing that must be zero was not. */
export type Proof = Readonly<{
  proven: boolean;
  at: string;
  crowd: CrowdOptions;
  promote: DeployResult;
  rollback: DeployResult | undefined;
  result: CrowdResult;
}>;

/** What is not as it must be, in words; empty when everything is. */
export const shortcomings = ({ promote, rollback, result }: Omit<Proof, 'proven'>): readonly string[] => {
  const { library, plain, publishers } = result;
  const kinds = [library, plain, publishers];
  const sum = (of: (kind: KindResult) => number): number => kinds.reduce((total, kind) => total + of(kind), 0);
  const counts: readonly (readonly [count: number, words: string])[] = [
    [sum(({ lost }) => lost), 'lost'],
    [sum(({ duplicated }) => duplicated), 'duplicated'],
    [sum(({ outOfOrder }) => outOfOrder), 'out of order'],
    [sum(({ refused }) => refused), 'refused'],
    [sum(({ told }) => told), 'told that the order broke'],
    [sum(({ resumeFailures }) => resumeFailures), 'sessions not resumed'],
    [sum(({ unexpectedCloses }) => unexpectedCloses), 'connections closed without need'],
    [library.awayCount + publishers.awayCount, 'clients of the library away'],
    [result.unanswered, 'publishes never answered'],
    [result.acked === 0 ? 1 : 0, 'run in which nothing was acked'],
  ];
  return [
    ...(promote.outcome === 'done' ? [] : ['the promote was not done']),
    ...(rollback?.outcome === 'done' ? [] : ['the rollback was not done']),
    ...counts.filter(([count]) => count > 0).map(([count, words]) => `${count.toLocaleString('en-US')} ${words}`),
  ];
};

/** For a terminal. */
export const proofLines = (proof: Proof): readonly string[] => {
  const { result } = proof;
  const { library, plain, publishers, windows, load } = result;
  const found = shortcomings(proof);
  const examples = [...library.examples, ...plain.examples, ...result.troubles].slice(0, 10);
  return [
    ...tableLines(KIND_HEAD, [kindRow('library', library), kindRow('plain', plain), kindRow('publishers', publishers)]),
    '',
    ...tableLines(
      ['delivery', 'count', 'library p50', 'p99', 'max', 'plain p50', 'p99', 'max'],
      windows.map(({ name, library: ofLibrary, plain: ofPlain }) => [
        name,
        ofLibrary.count + ofPlain.count,
        ...timeCells(ofLibrary),
        ...timeCells(ofPlain),
      ]),
    ),
    '',
    `${numeral(result.acked)} of ${numeral(result.published)} publications acked. The load process took ${Math.round(load.cpuShare * 100)} % of a core and was late by ${load.loopP99Ms} ms (p99), ${load.loopMaxMs} ms at most.`,
    ...examples.map((words) => `  ${words}`),
    found.length === 0
      ? `Proven: every acked publication arrived once and in order at every one of its channel's clients (${numeral(library.clients + plain.clients)} in all), none was refused, and no client of the library was ever away.`
      : `Not proven: ${found.join(', ')}.`,
  ];
};

const KIND_HEAD = ',clients,delivered,lost,duplicated,out of order,refused,told,late,away,away p50,p99,max'.split(',');

const kindRow = (name: string, kind: KindResult): readonly (string | number)[] => [
  name,
  kind.clients,
  kind.delivered,
  kind.lost,
  kind.duplicated,
  kind.outOfOrder,
  kind.refused,
  kind.told,
  kind.lateMoves,
  kind.awayCount,
  ...timeCells(kind.away),
];

const timeCells = ({ count, p50, p99, max }: KindResult['away']): readonly string[] =>
  count === 0 ? ['–', '–', '–'] : [msOf(p50), msOf(p99), msOf(max)];

const numeral = (count: number): string => count.toLocaleString('en-US');
