import { isFields, readFields, readText, type Fields } from '../shared/fields.js';

/** Figures are null where nothing was observed, or the server does not tell. */
export type Figure = number | null;

export const SERIES = ['blue', 'green', 'received', 'sent', 'ack_p50_ms', 'ack_p99_ms'] as const;
export type Series = (typeof SERIES)[number];
/** One moment of the charts; ms since 1970. */
export type Point = Readonly<{ timeMs: number; values: Readonly<Record<Series, Figure>> }>;

export type Worker = Readonly<{
  name: string;
  color: string;
  worker: string;
  release: string;
  connections: number;
  draining: boolean;
  left: Figure;
  lagMs: Figure;
  redisMs: Figure;
  deliveryMs: Figure;
  /** ISO 8601. */
  startedAt: string;
  /** In place of one that had not ended in order. */
  restarted: boolean;
}>;

export type Notice = Readonly<{
  verb: string;
  from: string;
  to: string;
  release: string;
  step: string;
  state: string;
  /** When its step began. */
  atMs: number;
  /** When it was told of last, by the server's clock. */
  toldMs: number;
  moved: Figure;
  left: Figure;
  /** Connections moved in the last second. */
  rate: Figure;
  /** Why it waits, or what fell short; '': nothing. */
  note: string;
  /** Why it failed; '': it did not. */
  cause: string;
  acked: Figure;
  lost: Figure;
}>;

export type AdminEvent = Readonly<{ event: string; at: string; by: string; connections: number; of: string }>;

/** What `/admin/live` says. */
export type LiveFrame =
  | Readonly<{
      type: 'hello';
      /** By the server's clock, ms since 1970. */
      timeMs: number;
      history: readonly Point[];
      /** Of the deploy that runs or ran last, as far as this worker was told. */
      notices: readonly Notice[];
      /** Steps of earlier deploys too, without figures. */
      pastNotices: readonly Notice[];
      events: readonly AdminEvent[];
    }>
  | Readonly<{ type: 'snapshot'; point: Point; totals: Fields; workers: readonly Worker[] }>
  | Readonly<{ type: 'deploy'; notice: Notice }>
  | Readonly<{ type: 'event'; event: AdminEvent }>
  | Readonly<{ type: 'unavailable'; timeMs: number; reason: string }>;

/** Undefined: of another version, or nothing of ours. */
export const readFrame = (text: string): LiveFrame | undefined => {
  const fields = readFields(text);
  switch (fields?.['type']) {
    case 'hello':
      return {
        type: 'hello',
        timeMs: readFigure(fields['time']) ?? Date.now(),
        history: readHistory(fields['history']),
        notices: listOf(fields['deploy']).map(readNotice),
        pastNotices: listOf(fields['past_deploys']).map(readNotice),
        events: listOf(fields['events']).map(readEvent),
      };
    case 'snapshot': {
      const colors = fieldsOf(fields['colors']);
      const rates = fieldsOf(fields['rates']);
      return {
        type: 'snapshot',
        point: {
          timeMs: Number(fields['time']),
          values: {
            blue: readFigure(fieldsOf(colors['blue'])['connections']) ?? 0,
            green: readFigure(fieldsOf(colors['green'])['connections']) ?? 0,
            received: readFigure(rates['received']),
            sent: readFigure(rates['sent']),
            ack_p50_ms: readFigure(rates['ack_p50_ms']),
            ack_p99_ms: readFigure(rates['ack_p99_ms']),
          },
        },
        totals: fieldsOf(fields['totals']),
        workers: listOf(fields['workers']).map(readWorker),
      };
    }
    case 'deploy':
      return { type: 'deploy', notice: readNotice(fieldsOf(fields['notice'])) };
    case 'event':
      return { type: 'event', event: readEvent(fields) };
    case 'unavailable':
      return {
        type: 'unavailable',
        timeMs: readFigure(fields['time']) ?? 0,
        reason: readText(fields['reason']) ?? 'the cluster can not be asked',
      };
    default:
      return undefined;
  }
};

export const readFigure = (value: unknown): Figure => (typeof value === 'number' ? value : null);

export const fieldsOf = (value: unknown): Fields => (isFields(value) ? value : {});

export const listOf = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value.filter(isFields) : []);

const readHistory = (value: unknown): readonly Point[] => {
  const { times, series } = fieldsOf(value);
  const columns = fieldsOf(series);
  const at = (name: Series, index: number): Figure => {
    const column = columns[name];
    return Array.isArray(column) ? readFigure(column[index]) : null;
  };
  if (!Array.isArray(times)) return [];
  return times.map((time, index) => ({
    timeMs: Number(time),
    values: {
      blue: at('blue', index),
      green: at('green', index),
      received: at('received', index),
      sent: at('sent', index),
      ack_p50_ms: at('ack_p50_ms', index),
      ack_p99_ms: at('ack_p99_ms', index),
    },
  }));
};

export const readWorker = (fields: Fields): Worker => {
  const color = readText(fields['color']) ?? '';
  const worker = readText(fields['worker']) ?? '';
  return {
    name: `${color}-${worker}`,
    color,
    worker,
    release: readText(fields['release']) ?? '',
    connections: readFigure(fields['connections']) ?? 0,
    draining: fields['draining'] === true,
    left: readFigure(fields['left']),
    lagMs: readFigure(fields['event_loop_lag_ms']),
    redisMs: readFigure(fields['redis_round_trip_ms']),
    deliveryMs: readFigure(fields['delivery_lag_ms']),
    startedAt: readText(fields['started_at']) ?? '',
    restarted: fields['restarted'] === true,
  };
};

export const readNotice = (fields: Fields): Notice => {
  const at = readText(fields['at']) ?? '';
  return {
    verb: readText(fields['verb']) ?? '',
    from: readText(fields['from']) ?? '',
    to: readText(fields['to']) ?? '',
    release: readText(fields['release']) ?? '',
    step: readText(fields['step']) ?? '',
    state: readText(fields['state']) ?? '',
    atMs: Date.parse(at),
    toldMs: Date.parse(readText(fields['told_at']) ?? at),
    moved: readFigure(fields['moved']),
    left: readFigure(fields['left']),
    rate: readFigure(fields['rate']),
    note: readText(fields['note']) ?? '',
    cause: readText(fields['cause']) ?? '',
    acked: readFigure(fields['acked']),
    lost: readFigure(fields['lost']),
  };
};

const readEvent = (fields: Fields): AdminEvent => ({
  event: readText(fields['event']) ?? '',
  at: readText(fields['at']) ?? '',
  by: readText(fields['by']) ?? '',
  connections: readFigure(fields['connections']) ?? 0,
  of: readText(fields['client_id']) ?? readText(fields['connection_id']) ?? readText(fields['jti']) ?? '',
});
