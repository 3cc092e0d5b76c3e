import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';

export type Knocked = Readonly<{ status: number; retryAfter: number | undefined }>;

/** Tries a handshake and says how it was answered; one that was let in stays open until the test ends. */
export const knock = (url: string, headers: Readonly<Record<string, string>> = {}): Promise<Knocked> =>
  new Promise((resolve) => {
    const socket = new WebSocket(url, { headers });
    onTestFinished(() => socket.terminate());
    socket.on('error', () => undefined);
    socket.on('open', () => resolve({ status: 101, retryAfter: undefined }));
    socket.on('unexpected-response', (request, { statusCode = 0, headers: answered }) => {
      const retryAfter = answered['retry-after'];
      resolve({ status: statusCode, retryAfter: retryAfter === undefined ? undefined : Number(retryAfter) });
      request.destroy();
    });
  });
