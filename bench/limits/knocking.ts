import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import type { Account } from './rule.js';

const AGAIN_MS = 400;

export type Knocking = Readonly<{ account: Account; open: readonly WebSocket[] }>;

/** So many clients of one address try to connect, each again and again until it is let in or the time is over. */
export const knockFrom = async (
  address: string,
  clients: number,
  urls: readonly string[],
  seconds: number,
): Promise<Knocking> => {
  const open: WebSocket[] = [];
  const [began, until] = [performance.now(), performance.now() + seconds * 1_000];
  let [sent, limited, last] = [0, 0, began];
  const client = async (index: number): Promise<void> => {
    // Spread, so that there is somebody who asks at any time.
    await sleep((index / clients) * AGAIN_MS);
    for (let turn = 0; performance.now() < until; turn += 1) {
      sent += 1;
      const socket = await knock(urls[(index + turn) % urls.length] ?? '', address);
      last = performance.now();
      if (socket !== undefined) {
        open.push(socket);
        return;
      }
      limited += 1;
      await sleep(AGAIN_MS);
    }
  };
  await Promise.all(Array.from({ length: clients }, (_, index) => client(index)));
  return { account: { sent, accepted: open.length, limited, seconds: (last - began) / 1_000 }, open };
};

/**
 * The open WebSocket; undefined: refused with 429. `hear` gets each text that comes, the first ones as soon as it opens.
 * @throws Error for any other refusal
 */
export const knock = (
  url: string,
  address: string,
  hear: (text: string) => void = () => undefined,
): Promise<WebSocket | undefined> =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(url, { headers: { 'X-Real-IP': address }, perMessageDeflate: false });
    socket.on('message', (text: Buffer) => hear(text.toString()));
    socket.on('open', () => resolve(socket));
    socket.on('error', reject);
    socket.on('unexpected-response', (request, { statusCode }) => {
      request.destroy();
      if (statusCode === 429) resolve(undefined);
      else reject(new Error(`refused with ${statusCode ?? 'nothing'}`));
    });
  });
