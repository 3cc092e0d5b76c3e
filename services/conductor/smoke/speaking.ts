import { randomUUID } from 'node:crypto';
import type { AckFrame, JsonValue, Position, SubscribedFrame } from '../../protocol/frames.js';
import { parseChannelName, parseFrameId, type ChannelName, type FrameId } from '../../protocol/ids.js';
import type { WorkerAddress } from '../engines/engine.js';
import { Failure } from '../failure.js';
import type { Probe } from './probe.js';

/** Opens a probe on a worker, as the stack's own. */
export type Open = (worker: WorkerAddress, path: string) => Promise<Probe>;

/** Closes the probe when the work is over, however it ends. */
export const during = async <T>(opening: Promise<Probe>, work: (probe: Probe) => Promise<T>): Promise<T> => {
  const probe = await opening;
  try {
    return await work(probe);
  } finally {
    probe.close();
  }
};

export const subscribe = (probe: Probe, channel: ChannelName, recover?: Position): Promise<SubscribedFrame> => {
  const place = recover === undefined ? {} : { recover };
  probe.send({ type: 'subscribe', channel, ...place, id: frameId('subscribe') });
  return probe.next('subscribed');
};

export const publish = (probe: Probe, channel: ChannelName, data: JsonValue, id: string): Promise<AckFrame> => {
  probe.send({ type: 'publish', channel, data, id: frameId(id) });
  return probe.next('ack');
};

/** A channel that nobody else knows. */
export const newChannel = (): ChannelName => required(parseChannelName(`smoke:${randomUUID()}`));

export const frameId = (text: string): FrameId => required(parseFrameId(text));

const required = <T>(value: T | undefined): T => {
  if (value === undefined) throw new Failure('the smoke test made a name that the protocol does not allow');
  return value;
};
