import { z } from 'zod';
import { parseJson } from '../../../protocol/json.js';
import type { ClusterSamples, Sample } from '../cluster-samples.js';
import { SAMPLES_KEY } from './keys.js';
import type { Publisher } from './publisher.js';
import { numberOf } from './reply.js';

const valuesShape = z.record(z.string(), z.number());

/** Samples as a stream in Redis, whose ids are their times. */
export class RedisSamples implements ClusterSamples {
  readonly #publisher: Publisher;

  constructor(publisher: Publisher) {
    this.#publisher = publisher;
  }

  async add(values: Sample['values'], { minGapMs, keep }: Readonly<{ minGapMs: number; keep: number }>) {
    const reply = await this.#publisher.run('sampleAdd', [SAMPLES_KEY], [JSON.stringify(values), minGapMs, keep]);
    return reply === 1;
  }

  async all(): Promise<readonly Sample[]> {
    const entries = await this.#publisher.use((client) => client.xrange(SAMPLES_KEY, '-', '+'));
    return entries.flatMap(([id, [, values = '']]) => {
      // A worker of another version may write what this one can't read.
      const read = valuesShape.safeParse(parseJson(values));
      return read.success ? [{ timeMs: numberOf(id.split('-')[0]), values: read.data }] : [];
    });
  }
}
