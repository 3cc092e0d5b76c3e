import { parseChannelName } from '../../protocol/ids.js';

/** A channel, or all whose names begin so. */
export type ChannelPattern = Readonly<{ kind: 'name' | 'prefix'; text: string }>;

/** `room:1`, `news:*` or `*`; undefined: it is none of these. */
export const parseChannelPattern = (value: unknown): ChannelPattern | undefined => {
  if (typeof value !== 'string') return undefined;
  if (!value.endsWith('*')) return parseChannelName(value) === undefined ? undefined : { kind: 'name', text: value };
  const text = value.slice(0, -1);
  return text === '' || parseChannelName(text) !== undefined ? { kind: 'prefix', text } : undefined;
};

export const matches = ({ kind, text }: ChannelPattern, channel: string): boolean =>
  kind === 'name' ? channel === text : channel.startsWith(text);
