import { createServer, type Server } from 'node:http';
import { z } from 'zod';

/** What stands for Loki: counts lines, and is as well as it is told to be. */
export type SinkMood = 'well' | 'fails once' | 'hangs' | 'away';

const FAILS_AT_LINE = 8_000;
const Address = z.object({ port: z.number() });
const Body = z.object({ streams: z.array(z.object({ values: z.array(z.unknown()) })) });

/** Takes pushes as Loki does, and only counts. */
export class Sink {
  lines = 0;
  readonly #server: Server;
  #hasFailed = false;

  private constructor(mood: SinkMood) {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        if (mood === 'hangs') return;
        if (mood === 'fails once' && !this.#hasFailed && this.lines >= FAILS_AT_LINE) {
          this.#hasFailed = true;
          response.writeHead(503).end();
          return;
        }
        this.lines += linesIn(Buffer.concat(chunks).toString());
        response.writeHead(204).end();
      });
    });
  }

  static async listen(mood: SinkMood): Promise<Sink> {
    const sink = new Sink(mood);
    await new Promise<void>((resolve) => {
      sink.#server.listen(0, '127.0.0.1', resolve);
    });
    return sink;
  }

  get url(): string {
    return `http://127.0.0.1:${Address.parse(this.#server.address()).port}`;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

const linesIn = (body: string): number =>
  Body.parse(JSON.parse(body)).streams.reduce((sum, { values }) => sum + values.length, 0);
