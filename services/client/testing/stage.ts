import { onTestFinished } from 'vitest';
import { DEFAULT_LIMITS, type Broker } from '../../gateway/broker/broker.js';
import { createMemoryCluster } from '../../gateway/broker/memory/memory-cluster.js';
import { createRedisBroker } from '../../gateway/broker/redis/redis-broker.js';
import { startRedis } from '../../gateway/broker/testing/redis-server.js';
import { startProxy, type TcpProxy } from '../../gateway/broker/testing/tcp-proxy.js';
import { startWorker, type TestWorker } from '../../gateway/testing/worker.js';
import { Client } from '../node.js';
import type { ClientOptions } from '../options.js';

/** Two workers of one cluster behind one address, which leads to blue first. */
export class Stage {
  private constructor(
    readonly blue: TestWorker,
    readonly green: TestWorker,
    readonly network: TcpProxy,
  ) {}

  static async start(over: 'memory' | 'Redis', settings: Readonly<Record<string, string>> = {}): Promise<Stage> {
    const redis = over === 'Redis' ? await startRedis() : undefined;
    const memory = createMemoryCluster();
    const broker = (workerId: string): Broker =>
      redis === undefined
        ? memory.broker(workerId)
        : createRedisBroker({ url: redis.url, workerId, limits: DEFAULT_LIMITS });
    const blue = await startWorker(broker, { COLOR: 'blue', DRAIN_GRACE: '3', ...settings });
    const green = await startWorker(broker, { COLOR: 'green', DRAIN_GRACE: '3', ...settings });
    const network = await startProxy(blue.port);
    onTestFinished(async () => {
      await network.stop();
      await Promise.all([blue.app.stop(), green.app.stop()]);
      await redis?.stop();
    });
    return new Stage(blue, green, network);
  }

  /** `http://127.0.0.1:PORT`, whoever is behind it. */
  get url(): string {
    return `http://127.0.0.1:${this.network.port}`;
  }

  /** A client of this address, with quick back-off; closed at the end. */
  client(options: Partial<ClientOptions> = {}): Client {
    const client = new Client({ url: this.url, backoff: { minMs: 50, maxMs: 200 }, ...options });
    onTestFinished(() => client.close());
    return client;
  }

  /** Where new connections lead. */
  lead(to: 'blue' | 'green' | 'nobody'): void {
    this.network.leadTo(to === 'nobody' ? undefined : this[to].port);
  }
}
