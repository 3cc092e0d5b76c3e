import { WebSocket } from 'ws';
import { z } from 'zod';
import { parseJson } from '../../protocol/json.js';
import { Failure } from '../failure.js';

const ANSWER_MS = 5_000;
const Snapshot = z.object({ type: z.literal('Snapshot'), requests_total: z.number(), active_connections: z.number() });

type Headers = Readonly<Record<string, string>>;
type Met = Readonly<{ kind: 'open' } | { kind: 'text'; text: string } | { kind: 'refused'; status: number }>;

/** The metrics stream sends a Snapshot at once. @throws {Failure} */
export const smokeStream = async (url: string, headers: Headers): Promise<void> => {
  const met = await meet(url, headers, 'text');
  if (isFromBefore(met)) return;
  const parsed = Snapshot.safeParse(met.kind === 'text' ? parseJson(met.text) : undefined);
  if (!parsed.success) throw new Failure(`/ws/metrics: it should begin with a Snapshot, not ${JSON.stringify(met)}`);
};

/** The plain chat lets a name in. Nothing is said there: people read it. @throws {Failure} */
export const smokePlain = async (url: string, headers: Headers): Promise<void> => {
  const met = await meet(url, headers, 'open');
  if (!isFromBefore(met) && met.kind !== 'open') throw new Failure(`/ws/{client_id}: ${JSON.stringify(met)}`);
};

/** A release from before there were these endpoints (a rollback may go there) answers 404, and that is no failure. */
const isFromBefore = (met: Met): boolean => met.kind === 'refused' && met.status === 404;

/** Opens a WebSocket and closes it when it has met what was wanted, or was refused. @throws {Failure} */
const meet = (url: string, headers: Headers, wanted: 'open' | 'text'): Promise<Met> =>
  new Promise((resolve, reject) => {
    const { pathname } = new URL(url);
    const socket = new WebSocket(url, { handshakeTimeout: ANSWER_MS, perMessageDeflate: false, headers });
    const settle = (outcome: () => void): void => {
      clearTimeout(late);
      socket.close(1000);
      outcome();
    };
    const fail = (why: string): void => settle(() => reject(new Failure(`${pathname}: ${why}`)));
    const late = setTimeout(() => fail(`nothing came within ${ANSWER_MS / 1_000} s`), ANSWER_MS);
    socket.on('open', () => {
      if (wanted === 'open') settle(() => resolve({ kind: 'open' }));
    });
    socket.on('message', (data: Buffer) => settle(() => resolve({ kind: 'text', text: data.toString('utf8') })));
    socket.on('unexpected-response', (_request, { statusCode = 0 }) =>
      settle(() => resolve({ kind: 'refused', status: statusCode })),
    );
    socket.on('error', (error) => fail(error.message));
    socket.on('close', (code, reason) => fail(`closed with ${code} ${reason.toString('utf8')}`));
  });
