import type { ChannelName } from '../../services/protocol/ids.ts';
import type { Member } from './member.ts';
import { count } from './metrics.ts';
import { sleep } from './pace.ts';
import { now } from './plan.ts';

/** Of a thread. Hundreds of them together are storm enough for a beginning. */
const AT_ONCE = 5;
const LOOK_MS = 100;
/** By then an ack, or a delivery, that is still missing is lost. */
const PATIENCE_MS = 10_000;
/** Other threads end their run in the same moment, but for this. */
const OTHERS_END_MS = 1_000;

export const openAll = async (members: readonly Member[]): Promise<void> => {
  for (let first = 0; first < members.length; first += AT_ONCE) {
    await Promise.all(members.slice(first, first + AT_ONCE).map((member) => member.open()));
  }
};

/** Waits for what is under way, counts what does not come, and closes. `channelOf`: what each member listens to. */
export const finish = async (members: readonly Member[], channelOf: (index: number) => ChannelName): Promise<void> => {
  const unanswered = (): number => members.reduce((sum, member) => sum + member.unanswered, 0);
  await until(() => unanswered() === 0);
  count('publishes_unacked', unanswered());
  await sleep(OTHERS_END_MS);
  const newest = await newestOf(members, channelOf);
  const missing = (): number =>
    members.reduce((sum, { offset }, index) => sum + Math.max(0, (newest.get(channelOf(index)) ?? 0) - offset), 0);
  await until(() => missing() === 0);
  count('messages_lost', missing());
  for (const member of members) member.close();
};

/** One member of each channel asks its log how far it goes. */
const newestOf = async (
  members: readonly Member[],
  channelOf: (index: number) => ChannelName,
): Promise<ReadonlyMap<ChannelName, number>> => {
  const asking = new Map<ChannelName, Member>();
  for (const [index, member] of members.entries()) {
    if (member.isOpen) asking.set(channelOf(index), member);
  }
  for (const [channel, member] of asking) member.askNewest(channel);
  await until(() => [...asking.values()].every(({ newest }) => newest !== undefined));
  return new Map([...asking].map(([channel, { newest }]) => [channel, newest ?? 0]));
};

const until = async (holds: () => boolean): Promise<void> => {
  const deadline = now() + PATIENCE_MS;
  while (!holds() && now() < deadline) await sleep(LOOK_MS);
};
