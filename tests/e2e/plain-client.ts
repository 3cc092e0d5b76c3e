import { get } from 'node:http';
import { WebSocket } from 'ws';

/** What is counted: connections, texts to and from the cluster, requests that succeeded (handshakes too) or failed. */
export type Counted = 'opened' | 'sent' | 'received' | 'succeeded' | 'failed';

/** What all clients of a test did and saw together, and when, to be held against what the cluster counted. */
export class Tally {
  readonly #times: Record<Counted, number[]> = { opened: [], sent: [], received: [], succeeded: [], failed: [] };

  add(what: Counted): void {
    this.#times[what].push(Date.now());
  }

  count(what: Counted): number {
    return this.#times[what].length;
  }

  since(what: Counted, ms: number): number {
    return this.#times[what].filter((at) => at >= ms).length;
  }

  /** On a connection of its own: one that was kept open may be closed by a reload just as it is used again. */
  get(url: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const request = get(url, { agent: false }, (response) => {
        let body = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (body += chunk));
        response.on('end', () => {
          this.add((response.statusCode ?? 0) < 400 ? 'succeeded' : 'failed');
          resolve(body);
        });
      });
      request.on('error', reject);
    });
  }
}

/** A client of `/ws/{client_id}` that connects again at once whenever it is closed. */
export class PlainClient {
  /** Texts in the order they came, over all its connections. */
  readonly texts: string[] = [];
  readonly closeCodes: number[] = [];
  readonly name: string;
  readonly #url: string;
  readonly #tally: Tally;
  #socket: WebSocket;
  #isOpen = false;
  #ended = false;
  #looks = new Set<() => void>();

  constructor(url: string, name: string, tally: Tally) {
    this.#url = `${url}/ws/${name}`;
    this.name = name;
    this.#tally = tally;
    this.#socket = this.#connect();
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  when(holds: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (!holds()) return;
        this.#looks.delete(look);
        resolve();
      };
      this.#looks.add(look);
      look();
    });
  }

  /** Says a line, again after a move that came before it was taken up; resolves when it has come back from all. */
  async say(line: string): Promise<void> {
    const echo = `You sent: ${line}`;
    for (;;) {
      await this.when(() => this.#isOpen);
      const socket = this.#socket;
      socket.send(line);
      await this.when(() => this.texts.includes(echo) || this.#socket !== socket);
      if (this.texts.includes(echo)) break;
    }
    this.#tally.add('sent');
  }

  /** Says a line and waits for nothing; while it is away, to nobody. */
  blurt(line: string): void {
    if (this.#isOpen) this.#socket.send(line);
  }

  heard(line: string): number {
    return this.texts.filter((text) => text === line).length;
  }

  end(): Promise<void> {
    this.#ended = true;
    this.#socket.close(1000);
    return this.when(() => !this.#isOpen);
  }

  #connect(): WebSocket {
    const socket = new WebSocket(this.#url, { perMessageDeflate: false });
    socket.on('error', () => {});
    socket.on('open', () => {
      this.#isOpen = true;
      this.#tally.add('opened');
      this.#tally.add('succeeded');
      this.#look();
    });
    socket.on('unexpected-response', () => {
      this.#tally.add('failed');
      socket.terminate();
    });
    socket.on('message', (data: Buffer) => {
      this.#tally.add('received');
      this.texts.push(data.toString());
      this.#look();
    });
    socket.on('close', (code) => {
      this.#isOpen = false;
      this.closeCodes.push(code);
      if (!this.#ended) this.#socket = this.#connect();
      this.#look();
    });
    return socket;
  }

  #look(): void {
    for (const look of this.#looks) look();
  }
}
