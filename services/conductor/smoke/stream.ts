import { WebSocket } from 'ws';
import { z } from 'zod';
import { Failure } from '../failure.js';

const ANSWER_MS = 5_000;
const Snapshot = z.object({ type: z.literal('Snapshot'), requests_total: z.number(), active_connections: z.number() });

/**
 * The metrics stream sends a Snapshot at once. A release from before there was one (a rollback may go there) answers
 * 404, and that is no failure. @throws {Failure}
 */
export const smokeStream = async (url: string, headers: Readonly<Record<string, string>>): Promise<void> => {
  const first = await firstText(url, headers);
  if (first === undefined) return;
  const parsed = Snapshot.safeParse(parse(first));
  if (!parsed.success) throw new Failure(`/ws/metrics: its first event is no Snapshot: ${first.slice(0, 200)}`);
};

/** Undefined: there is no such endpoint. */
const firstText = (url: string, headers: Readonly<Record<string, string>>): Promise<string | undefined> =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(url, { handshakeTimeout: ANSWER_MS, perMessageDeflate: false, headers });
    const late = setTimeout(() => fail(`no event within ${ANSWER_MS / 1_000} s`), ANSWER_MS);
    const settle = (outcome: () => void): void => {
      clearTimeout(late);
      socket.close(1000);
      outcome();
    };
    const fail = (why: string): void => settle(() => reject(new Failure(`/ws/metrics: ${why}`)));
    socket.on('message', (data: Buffer) => settle(() => resolve(data.toString('utf8'))));
    socket.on('unexpected-response', (_request, { statusCode = 0 }) => {
      if (statusCode === 404) settle(() => resolve(undefined));
      else fail(`the handshake was answered with ${statusCode}`);
    });
    socket.on('error', (error) => fail(error.message));
    socket.on('close', (code, reason) => fail(`closed with ${code} ${reason.toString('utf8')}`));
  });

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
