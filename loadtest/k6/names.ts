import { parseChannelName, parseFrameId, type ChannelName, type FrameId } from '../../services/protocol/ids.ts';

const valid = <T>(name: T | undefined): T => {
  if (name === undefined) throw new Error('the load test made a name that the protocol does not allow');
  return name;
};

export const channelName = (name: string): ChannelName => valid(parseChannelName(name));
export const frameId = (n: number): FrameId => valid(parseFrameId(`${n}`));
