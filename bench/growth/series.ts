/** How something grows: each point is measured on servers of its own. */
export type Step = Readonly<{
  workers: number;
  /** Subscribers, spread evenly over the channels and the workers. */
  subscribers: number;
  channels: number;
  /** Of what a publication says. */
  bytes: number;
  /** Deliveries a second that are asked for. */
  rate: number;
}>;

export const SERIES_NAMES = ['workers', 'connections', 'channels', 'sizes'] as const;
export type SeriesName = (typeof SERIES_NAMES)[number];

/** What grows, from point to point; everything else stays. `label`: of the axis, with its unit. */
export type Series = Readonly<{
  name: SeriesName;
  title: string;
  label: string;
  points: readonly Readonly<{ x: number; step: Step }>[];
}>;

const BYTES = 40;
const over = (values: readonly number[], step: (value: number) => Partial<Step>, rest: Step): Series['points'] =>
  values.map((x) => ({ x, step: { ...rest, ...step(x) } }));

export const SERIES: readonly Series[] = [
  {
    name: 'workers',
    title: 'Workers: 2,000 subscribers of one channel, 50,000 deliveries a second',
    label: 'workers',
    points: over([1, 2, 4], (workers) => ({ workers }), {
      workers: 1,
      subscribers: 2_000,
      channels: 1,
      bytes: BYTES,
      rate: 50_000,
    }),
  },
  {
    name: 'connections',
    title: 'Connections: four workers, a channel for each hundred, 50,000 deliveries a second',
    label: 'connections',
    points: over([100, 1_000, 5_000, 10_000, 20_000], (subscribers) => ({ subscribers, channels: subscribers / 100 }), {
      workers: 4,
      subscribers: 100,
      channels: 1,
      bytes: BYTES,
      rate: 50_000,
    }),
  },
  {
    name: 'channels',
    title: 'Channels: two workers, 1,000 subscribers over all of them, 5,000 deliveries a second',
    label: 'channels',
    points: over([1, 10, 100, 1_000], (channels) => ({ channels }), {
      workers: 2,
      subscribers: 1_000,
      channels: 1,
      bytes: BYTES,
      rate: 5_000,
    }),
  },
  {
    name: 'sizes',
    title: 'Sizes: two workers, 1,000 subscribers of one channel, 10,000 deliveries a second',
    label: 'bytes of data in a publication',
    points: over([10, 100, 1_024, 4_096, 16_384], (bytes) => ({ bytes }), {
      workers: 2,
      subscribers: 1_000,
      channels: 1,
      bytes: BYTES,
      rate: 10_000,
    }),
  },
];
