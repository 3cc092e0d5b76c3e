import { Publisher } from './publisher.js';
import { RecoveringClient } from './recovering-client.js';

export type CrowdSize = Readonly<{
  clients: number;
  channels: number;
  publishers: number;
  /** Publications of all publishers together. */
  perSecond: number;
}>;

export type Account = Readonly<{ sent: number; kept: number; missing: readonly number[] }>;

/** Clients that listen, each to one of the channels, and publishers that talk in all of them. */
export class Crowd {
  readonly channels: readonly string[];
  readonly clients: readonly RecoveringClient[];
  readonly publishers: readonly Publisher[];

  private constructor(
    channels: readonly string[],
    clients: readonly RecoveringClient[],
    publishers: readonly Publisher[],
  ) {
    this.channels = channels;
    this.clients = clients;
    this.publishers = publishers;
  }

  static async gather(url: string, size: CrowdSize): Promise<Crowd> {
    const channels = Array.from({ length: size.channels }, (_, index) => `crowd:${index}`);
    const clients = await Promise.all(
      Array.from({ length: size.clients }, (_, index) =>
        RecoveringClient.connect(url, channels[index % channels.length] ?? ''),
      ),
    );
    const publishers = Array.from({ length: size.publishers }, (_, index) => new Publisher(url, `publisher-${index}`));
    for (const publisher of publishers) publisher.start(channels, size.perSecond / size.publishers);
    return new Crowd(channels, clients, publishers);
  }

  get connections(): number {
    return this.clients.length + this.publishers.length;
  }

  /**
   * Ends the publishers, waits until every client has everything that was acked, and says what came of it: `kept` is the
   * number of offsets that acks named, each once; `missing` the acked offsets that some client has not had, from its
   * first on.
   */
  async account(): Promise<Account> {
    const acked = await this.#settle();
    return {
      sent: this.publishers.reduce((sum, publisher) => sum + publisher.sent, 0),
      kept: [...acked.values()].reduce((sum, offsets) => sum + offsets.size, 0),
      missing: this.clients.flatMap((client, index) => {
        const seen = new Set(client.offsets);
        const first = client.offsets[0] ?? 0;
        return [...(acked.get(this.#channelOf(index)) ?? [])].filter((offset) => offset >= first && !seen.has(offset));
      }),
    };
  }

  end(): void {
    for (const client of this.clients) client.end();
  }

  /** Waits until every client has everything that was acked, and gives what was acked, by channel. */
  async #settle(): Promise<ReadonlyMap<string, ReadonlySet<number>>> {
    await Promise.all(this.publishers.map((publisher) => publisher.finish()));
    const acked = new Map(
      this.channels.map((channel) => [
        channel,
        new Set(this.publishers.flatMap(({ acked: all }) => all.get(channel) ?? [])),
      ]),
    );
    await Promise.all(
      this.clients.map((client, index) => {
        const newest = Math.max(...(acked.get(this.#channelOf(index)) ?? []));
        return client.when(() => client.lastOffset >= newest);
      }),
    );
    return acked;
  }

  #channelOf(client: number): string {
    return this.channels[client % this.channels.length] ?? '';
  }
}
