import { describe, expect, it } from 'vitest';
import type { ChannelName } from '../../../protocol/ids.js';
import { parseChannelName } from '../../../protocol/ids.js';
import {
  CLUSTER_KEYS,
  SAMPLES_KEY,
  logKey,
  metaKey,
  publisherKey,
  sessionChannelsKey,
  sessionKey,
  topicOf,
} from './keys.js';

/** What Redis Cluster hashes: the text between the first `{` and the first `}` after it. */
const hashTag = (key: string): string => key.slice(key.indexOf('{') + 1, key.indexOf('}', key.indexOf('{')));
const tags = (keys: readonly string[]): ReadonlySet<string> => new Set(keys.map(hashTag));
const channelNamed = (text: string): ChannelName => {
  const name = parseChannelName(text);
  if (name === undefined) throw new Error(`not a channel: ${text}`);
  return name;
};

describe('keys', () => {
  it('keeps all keys of a channel in one slot, and channels apart', () => {
    const channel = channelNamed('game:1.a-b_C');
    const keys = [logKey(channel), metaKey(channel), publisherKey(channel, 'some-ref'), topicOf(channel)];
    expect(tags(keys)).toEqual(new Set(['c:game:1.a-b_C']));
    expect(new Set(keys).size).toBe(keys.length);
    expect(hashTag(logKey(channelNamed('game:1.a-b_D')))).not.toBe(hashTag(logKey(channel)));
  });

  it('keeps all keys of a session in one slot', () => {
    expect(tags([sessionKey('abc'), sessionChannelsKey('abc')])).toEqual(new Set(['s:abc']));
  });

  it('keeps all keys of the cluster directory in one slot', () => {
    const keys = [...CLUSTER_KEYS, SAMPLES_KEY];
    expect(tags(keys)).toEqual(new Set(['cluster']));
    expect(new Set(keys).size).toBe(7);
  });
});
