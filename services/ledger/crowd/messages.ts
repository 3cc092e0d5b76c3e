import { z } from 'zod';

const count = z.number().int().min(0);
const times = z.object({ count, p50: z.number(), p99: z.number(), max: z.number() });

export const CrowdOptions = z.object({
  /** `ws://host:port` of nginx. */
  url: z.string(),
  library: count,
  plain: count,
  publishers: count,
  /** No more than there are clients of one kind, or some have nobody who listens. */
  channels: z.number().int().min(1),
  /** Publications a second, of all publishers together. */
  rate: z.number().positive(),
});
export type CrowdOptions = Readonly<z.infer<typeof CrowdOptions>>;

/** A time whose deliveries are measured: of what was published in it. ms since 1970. */
export const Window = z.object({
  /** `move`: the part of the deploy before it in which connections moved. */
  phase: z.enum(['steady', 'deploy', 'move']),
  name: z.string(),
  fromMs: z.number(),
  toMs: z.number(),
});
export type Window = Readonly<z.infer<typeof Window>>;

export const ToCrowd = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('open'), options: CrowdOptions }),
  z.object({ kind: z.literal('finish'), windows: z.array(Window), timeoutMs: z.number() }),
]);
export type ToCrowd = Readonly<z.infer<typeof ToCrowd>>;

const WindowResult = Window.extend({
  library: times,
  plain: times,
  away: z.object({ library: times, plain: times, publishers: times }),
});
export type WindowResult = Readonly<z.infer<typeof WindowResult>>;

const KindResult = z.object({
  clients: count,
  delivered: count,
  lost: count,
  duplicated: count,
  outOfOrder: count,
  /** Handshakes; of the publishers also publishes. */
  refused: count,
  told: count,
  neverJoined: count,
  resumeFailures: count,
  /** WebSockets that were closed without need; not those of a deploy, 1012. */
  unexpectedCloses: count,
  /** Clients of the library that were closed at the deadline of their move, since it was not done by then. */
  lateMoves: count,
  /** How often one was without a connection, and how long, in ms; a time that was not over lasted until the end. */
  awayCount: count,
  away: times,
  examples: z.array(z.string()),
  /** Of each kind of fault: where the first one was. */
  first: z.partialRecord(z.enum(['lost', 'duplicated', 'outOfOrder']), z.string()),
});
export type KindResult = Readonly<z.infer<typeof KindResult>>;

export const CrowdFigures = z.object({
  published: count,
  delivered: count,
  /** Clients without a connection, so often so far. */
  away: z.object({ library: count, plain: count }),
  refused: count,
});
export type CrowdFigures = Readonly<z.infer<typeof CrowdFigures>>;

export const CrowdResult = z.object({
  published: count,
  acked: count,
  unanswered: count,
  library: KindResult,
  plain: KindResult,
  publishers: KindResult,
  /** Delivery times of what was published in each, and absences that began in it. */
  windows: z.array(WindowResult),
  /** What clients met, in words: the first ones. */
  troubles: z.array(z.string()),
  /** Of the load process itself: its share of a core, and how late its event loop was, ms. */
  load: z.object({ cpuShare: z.number(), loopP99Ms: z.number(), loopMaxMs: z.number() }),
});
export type CrowdResult = Readonly<z.infer<typeof CrowdResult>>;

export const FromCrowd = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('opening'), open: count, total: count }),
  z.object({ kind: z.literal('open') }),
  z.object({ kind: z.literal('figures'), figures: CrowdFigures }),
  z.object({ kind: z.literal('result'), result: CrowdResult }),
  z.object({ kind: z.literal('failed'), words: z.string() }),
]);
export type FromCrowd = Readonly<z.infer<typeof FromCrowd>>;
