import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

export const WELL = {
  event_loop_lag_ms: 1,
  host_busy: 0.1,
  redis_round_trip_ms: 1,
  delivery_lag_ms: null,
  publishes: 0,
  publishes_failed: 0,
  resumes: 0,
  resumes_failed: 0,
  recoveries: 0,
  recoveries_failed: 0,
  closes: 0,
  closes_unexpected: 0,
  closes_doubtful: 0,
  unauthorized: 0,
};

type Order = Readonly<{ reason: string; rate: number; hold_ms: number }>;

/** What a conductor sees of a worker, to be set as a test wants it. */
export class FakeWorker {
  id = 'first life';
  release = 'r1';
  ready = true;
  connections = 0;
  total = 0;
  /** Undefined: it gives none. */
  vitals: Partial<Readonly<Record<keyof typeof WELL, number | null | undefined>>> | undefined = {};
  /** Undefined: it does not say. */
  busiest: Readonly<{ name: string; per_second: number; bytes_per_second: number }> | undefined;
  isDraining = false;
  /** It takes what is asked and answers nothing; what it was asked is in `unanswered`. */
  hangs = false;
  readonly unanswered: string[] = [];
  /** Every order to move, in order; `cancel` took one back. */
  readonly orders: (Order | 'cancel')[] = [];
  /** What it was told of a deploy, in order. */
  readonly notices: Readonly<Record<string, unknown>>[] = [];
  /** How often it was asked for its status. */
  asked = 0;
  /** Called at each order: a worker that moves lowers its connections here. */
  onOrder: (order: Order) => void = () => {};
  url = '';

  /** Listens on a free port until the test is over. */
  static async start(given: Partial<FakeWorker> = {}): Promise<FakeWorker> {
    const worker = Object.assign(new FakeWorker(), given);
    worker.total = worker.connections;
    const server = createServer((request, response) => void worker.#answer(request, response));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    worker.url = `http://127.0.0.1:${address.port}`;
    const stop = async (): Promise<void> => {
      server.closeAllConnections();
      server.close();
    };
    worker.stop = stop;
    onTestFinished(stop);
    return worker;
  }

  /** Nothing answers any more. */
  stop: () => Promise<void> = async () => {};

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    if (this.hangs) {
      this.unanswered.push(`${request.method} ${request.url}`);
      return;
    }
    const json = (status: number, value: unknown): void => {
      response.writeHead(status, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify(value));
    };
    switch (`${request.method} ${request.url}`) {
      case 'GET /version':
        return json(200, { release: this.release, color: 'green', worker: '1', pid: 1 });
      case 'GET /readyz/':
        return this.ready
          ? json(200, { status: 'ok', checks: {} })
          : json(503, { status: 'not ready', checks: { redis: 'away' } });
      case 'GET /control/status':
        this.asked += 1;
        return json(200, this.#status());
      case 'POST /control/drain': {
        const order = JSON.parse(body) as Order;
        this.isDraining = true;
        this.orders.push(order);
        this.onOrder(order);
        return json(202, this.#status());
      }
      case 'POST /control/deploy':
        this.notices.push(JSON.parse(body) as Record<string, unknown>);
        return json(202, {});
      case 'DELETE /control/drain':
        this.isDraining = false;
        this.orders.push('cancel');
        return json(200, this.#status());
      default:
        return json(404, {});
    }
  }

  #status(): object {
    const { total, connections, vitals, busiest } = this;
    return {
      worker_id: this.id,
      connections,
      drain: this.isDraining ? { total, moved: total - connections, remaining: connections } : null,
      ...(busiest === undefined ? {} : { busiest_channel: busiest }),
      ...(vitals === undefined ? {} : { vitals: { ...WELL, ...vitals } }),
    };
  }
}
