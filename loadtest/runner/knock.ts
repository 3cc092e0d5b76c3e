import { once } from 'node:events';
import { WebSocket } from 'ws';
import { Failure } from '../../services/conductor/failure.js';

const PATIENCE_MS = 5_000;
const UNAUTHORIZED = [401, 403];
const REDIRECTS = [301, 302, 307, 308];

/** Whether a user would be let in there. @throws {Failure} saying why not */
export const knock = async (host: string): Promise<void> => {
  const socket = new WebSocket(`${host}/ws`, { perMessageDeflate: false, handshakeTimeout: PATIENCE_MS });
  socket.on('error', () => {});
  let answer: number | undefined;
  socket.on('unexpected-response', (_request, { statusCode }) => {
    answer = statusCode;
    socket.emit('error', new Error(`it answers ${statusCode ?? 'nothing'}`));
  });
  const welcome = once(socket, 'message', { signal: AbortSignal.timeout(PATIENCE_MS) });
  const closed = once(socket, 'close').then(([code]) => {
    throw new Error(`it closes with ${String(code)}`);
  });
  try {
    await Promise.race([welcome, closed]);
  } catch (error) {
    throw new Failure(`HOST=${host}: ${wordsOf(error, answer, host)}`, { cause: error });
  } finally {
    closed.catch(() => {});
    socket.terminate();
  }
};

const wordsOf = (error: unknown, answer: number | undefined, host: string): string => {
  if (answer !== undefined && UNAUTHORIZED.includes(answer)) {
    return `it lets nobody in without a token (${answer}): users of the load test have none, ALLOW_ANONYMOUS=true lets them in`;
  }
  if (answer !== undefined && REDIRECTS.includes(answer)) return `it wants TLS: HOST=${host.replace(/^ws:/, 'wss:')}`;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ECONNREFUSED') return 'nothing listens there: "make dev-up" starts the stack';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'there is no such host';
  if (code.includes('CERT') || code.includes('SELF_SIGNED')) {
    return `its certificate is not trusted here (${code}): name its authority with NODE_EXTRA_CA_CERTS= and SSL_CERT_FILE=`;
  }
  if (code === 'ECONNRESET') return 'what listens there takes no WebSocket: it hangs up';
  const isLate = error instanceof Error && error.name === 'AbortError';
  return isLate ? 'nobody is welcomed there within 5 s' : error instanceof Error ? error.message : String(error);
};
