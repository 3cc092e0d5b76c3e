// What a run measures, by the names under which k6 knows it. The scripts for k6 read this file as it is: it imports nothing.

const namesOf = <T extends object>(table: T): readonly Extract<keyof T, string>[] =>
  Object.keys(table).filter((name): name is Extract<keyof T, string> => name in table);

/** What must not happen: each is counted, and one of them fails the run. */
export const FAULTS = {
  connections_failed: 'connections refused, or closed before their welcome',
  connections_broken: 'connections closed though no deploy moved them',
  messages_lost: 'publications that a listener did not get',
  messages_twice: 'publications that came twice on one connection',
  channels_reloaded: 'channels that could not be recovered',
  sessions_forgotten: 'sessions that were not resumed',
  counts_wrong: 'message counts other than what was accepted',
  publishes_refused: 'publishes refused',
  publishes_unacked: 'publishes without an answer',
  rate_limited: 'frames and connections over a rate limit',
} as const;
export type Fault = keyof typeof FAULTS;
export const FAULT_NAMES = namesOf(FAULTS);

/** What is counted beside. */
export const COUNTS = {
  connections_opened: 'connections opened',
  sessions_resumed: 'sessions resumed',
  connections_moved: 'connections moved by a deploy',
  messages_published: 'publishes acked',
  messages_delivered: 'publications delivered',
  welcomes_unheard: 'welcomes lost in k6, which opened another connection',
  open_blue: 'connections open on blue',
  open_green: 'connections open on green',
  delivered_blue: 'publications delivered by blue',
  delivered_green: 'publications delivered by green',
} as const;
export type Count = keyof typeof COUNTS;
export const COUNT_NAMES = namesOf(COUNTS);

/** In ms. */
export const TIMES = {
  welcome_ms: 'from the handshake to the welcome',
  ack_ms: 'from a publish to its ack',
  ack_blue_ms: 'from a publish to its ack, on blue',
  ack_green_ms: 'from a publish to its ack, on green',
  delivery_ms: 'from a publish to each who listens',
  resume_ms: 'from coming back to having caught up',
} as const;
export type Time = keyof typeof TIMES;
export const TIME_NAMES = namesOf(TIMES);

export type Color = 'blue' | 'green';

/** Of these the p95 is bounded. */
export const BOUNDED = ['ack_ms', 'delivery_ms'] as const satisfies readonly Time[];
