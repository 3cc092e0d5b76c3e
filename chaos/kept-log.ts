import { Client, type History, type Position } from '../services/client/node.js';
import { isAcked } from '../services/ledger/lives.js';
import { cutPublications } from './cut-publications.js';
import { Data, type Books } from './load/books.js';

const PAGE = 1_000;
const EXAMPLES = 5;

/** Where a publication lies in the log, by its id. */
type Kept = ReadonlyMap<string, Position>;
type Log = Readonly<{ kept: Kept; oldest: number }>;

/**
 * [acked-1]: what was acked is in the log at its offset, as far as the log reaches back and unless Redis itself lost it.
 * Returns what is not, in words. @throws Error when the log can't be read
 */
export const checkKeptLog = async (
  url: string,
  { publications, accounts, channels }: Books,
): Promise<readonly string[]> => {
  const cut = cutPublications(publications, accounts);
  const expected = publications.filter((publication) => !cut.has(publication)).filter(isAcked);
  const client = new Client({ url, clientId: 'log-reader' });
  const wrong: string[] = [];
  try {
    for (const name of channels) {
      const { kept, oldest } = await readLog(client, name);
      for (const { id, channel, outcome } of expected) {
        const { epoch, offset } = outcome;
        if (channel !== name || offset < oldest) continue;
        const place = kept.get(id);
        if (place?.epoch === epoch && place.offset === offset) continue;
        const found = place === undefined ? 'does not hold it' : `has it at offset ${place.offset} of ${place.epoch}`;
        wrong.push(`  id ${id} was acked at offset ${offset} of ${epoch} of ${channel}, and the log ${found}`);
      }
    }
  } finally {
    await client.close();
  }
  if (wrong.length === 0) return [];
  return [`${wrong.length} acked publications are not in the log where their ack says`, ...wrong.slice(0, EXAMPLES)];
};

/** The whole log, page by page from its oldest publication on. */
const readLog = async (client: Client, channel: string): Promise<Log> => {
  const kept = new Map<string, Position>();
  let since: Position = { epoch: 'none', offset: 0 };
  let oldest = Infinity;
  let reached = 0;
  for (;;) {
    const page: History = await client.history(channel, { limit: PAGE, since });
    for (const { epoch, offset, data } of page.publications) {
      kept.set(Data.parse(data).id, { epoch, offset });
      oldest = Math.min(oldest, offset);
      since = { epoch, offset };
    }
    const last = page.publications.at(-1)?.offset ?? 0;
    // A place that the log does not know would begin anew.
    if (!page.more || last <= reached) return { kept, oldest };
    reached = last;
  }
};
