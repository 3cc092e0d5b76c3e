import type { Account } from './record.js';

const MS_PER_SECOND = 1_000;

/**
 * Where a subscriber was at a moment, in words: its channel, the color that served it, and on which side of its next or
 * last move to the other color that lies. `probe 7 on ledger:5c1f:3, on blue 0.4 s before its move to green`
 */
export const whereabouts = ({ subscriber, channel, connections }: Account, atMs: number): string => {
  const who = `${subscriber} on ${channel.name}`;
  const welcomes = connections.flatMap(({ welcome }) => welcome ?? []).sort((a, b) => a.atMs - b.atMs);
  const here = welcomes.findLast((welcome) => welcome.atMs <= atMs);
  if (here === undefined) return who;
  const moves = welcomes.filter(({ color }, index) => index > 0 && color !== welcomes[index - 1]?.color);
  const next = moves.find((welcome) => welcome.atMs > atMs);
  const last = moves.findLast((welcome) => welcome.atMs <= atMs);
  const on = `${who}, on ${here.color}`;
  if (next !== undefined && (last === undefined || next.atMs - atMs < atMs - last.atMs)) {
    return `${on} ${seconds(next.atMs - atMs)} before its move to ${next.color}`;
  }
  return last === undefined ? `${on}, which it never left` : `${on} ${seconds(atMs - last.atMs)} after its move there`;
};

/** Whether more than one color has served it. */
export const hasMoved = ({ connections }: Account): boolean =>
  new Set(connections.flatMap(({ welcome }) => welcome?.color ?? [])).size > 1;

const seconds = (ms: number): string => `${(ms / MS_PER_SECOND).toFixed(1)} s`;
