import { CLOSE } from '../protocol/close-codes.js';
import { Client } from '../client/client.js';
import { ObservedSocket, type Wire } from './observed-socket.js';
import type { Mishaps } from './mishaps.js';

export type Target = Readonly<{
  url: string;
  headers: Readonly<Record<string, string>>;
  /** The address that connections come from; by default the one that the kernel chooses. */
  from?: string;
}>;

/** A client of the library whose every mishap is counted, and whose every socket is watched. */
export class WatchedClient {
  readonly client: Client;
  /** Undefined before the first welcome. */
  #isServed: boolean | undefined;
  #back: () => void = () => {};
  #isClosing = false;
  #welcomes = 0;

  constructor(name: string, { url, headers, from }: Target, mishaps: Mishaps, wireOf: () => Wire) {
    this.client = new Client({
      url,
      webSocket: (address, protocols) =>
        new ObservedSocket(
          address,
          protocols,
          { headers, ...(from === undefined ? {} : { localAddress: from }) },
          wireOf(),
        ),
    });
    const trouble = (words: string): void => mishaps.trouble(`${name} ${words}`);
    this.client.on('state', (state) => this.#served(state === 'live' || state === 'moving', mishaps));
    this.client.on('opened', ({ resumed, color, worker }) => {
      this.#welcomes += 1;
      if (resumed || this.#welcomes === 1) return;
      mishaps.resumeFailures += 1;
      trouble(`came back to ${color} ${worker} and got another session`);
    });
    this.client.on('ended', ({ code, reason, welcomed }) => {
      if (this.#isClosing || code === CLOSE.normal) return;
      if (welcomed) {
        // Told to move, and not there by the deadline: late, and seen in `away`, but as agreed [close-1012].
        if (code === CLOSE.serviceRestart) mishaps.lateMoves += 1;
        else mishaps.unexpectedCloses += 1;
        trouble(`was closed with ${code}${reason === '' ? '' : `, ${reason}`}`);
      } else {
        mishaps.handshakesRefused += 1;
        trouble(`was refused a handshake (${code})`);
      }
    });
    this.client.on('reset', (channel, { offset }) => {
      mishaps.resets += 1;
      trouble(`was told that the order of ${channel} broke; it goes on behind offset ${offset}`);
    });
  }

  close(): Promise<void> {
    this.#isClosing = true;
    return this.client.close();
  }

  #served(isServed: boolean, mishaps: Mishaps): void {
    if (isServed === this.#isServed || this.#isClosing) return;
    if (isServed) {
      this.#back();
      this.#isServed = true;
    } else if (this.#isServed) {
      this.#back = mishaps.absences.begin();
      this.#isServed = false;
    }
  }
}
