import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import type { Broker } from '../../gateway/broker/broker.js';
import { createMemoryCluster } from '../../gateway/broker/memory/memory-cluster.js';
import { DEFAULT_LIMITS } from '../../gateway/broker/broker.js';
import { createRedisBroker } from '../../gateway/broker/redis/redis-broker.js';
import { startRedis, type RedisServer } from '../../gateway/broker/testing/redis-server.js';
import { startWorker, type TestWorker } from '../../gateway/testing/worker.js';
import { Client } from '../node.js';
import type { ClientOptions } from '../options.js';

/** Two workers of one cluster behind one address, which leads to blue first. */
export class Stage {
  readonly #sockets = new Set<Socket>();
  readonly #front = createServer((client) => this.#accept(client));
  #target: number | undefined;

  private constructor(
    readonly blue: TestWorker,
    readonly green: TestWorker,
    readonly redis: RedisServer | undefined,
  ) {
    this.#target = blue.port;
  }

  static async start(over: 'memory' | 'Redis', settings: Readonly<Record<string, string>> = {}): Promise<Stage> {
    const redis = over === 'Redis' ? await startRedis() : undefined;
    const memory = createMemoryCluster();
    const broker = (workerId: string): Broker =>
      redis === undefined
        ? memory.broker(workerId)
        : createRedisBroker({ url: redis.url, workerId, limits: DEFAULT_LIMITS });
    const blue = await startWorker(broker, { COLOR: 'blue', DRAIN_GRACE: '3', ...settings });
    const green = await startWorker(broker, { COLOR: 'green', DRAIN_GRACE: '3', ...settings });
    const stage = new Stage(blue, green, redis);
    stage.#front.listen(0, '127.0.0.1');
    await once(stage.#front, 'listening');
    onTestFinished(() => stage.#stop());
    return stage;
  }

  /** `http://127.0.0.1:PORT`, whoever is behind it. */
  get url(): string {
    const { port } = this.#front.address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  }

  /** A client of this address, with quick back-off; closed at the end. */
  client(options: Partial<ClientOptions> = {}): Client {
    const client = new Client({ url: this.url, backoff: { minMs: 50, maxMs: 200 }, ...options });
    onTestFinished(() => client.close());
    return client;
  }

  lead(to: 'blue' | 'green' | 'nobody'): void {
    this.#target = to === 'nobody' ? undefined : this[to].port;
  }

  /** What a client sees of a worker that was killed. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** The network holds back everything, and nobody is told. */
  freeze(): void {
    for (const socket of this.#sockets) socket.pause().unpipe();
  }

  async #stop(): Promise<void> {
    this.#front.close();
    this.cut();
    await Promise.all([this.blue.app.stop(), this.green.app.stop()]);
    await this.redis?.stop();
  }

  #accept(client: Socket): void {
    if (this.#target === undefined) {
      client.destroy();
      return;
    }
    const worker = connect(this.#target, '127.0.0.1');
    const pipe = (from: Socket, to: Socket): void => {
      this.#sockets.add(from);
      from.pipe(to);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        this.#sockets.delete(from);
        to.destroy();
      });
    };
    pipe(client, worker);
    pipe(worker, client);
  }
}
