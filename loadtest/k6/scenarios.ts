import type { ChannelName } from '../../services/protocol/ids.ts';
import { finish, openAll } from './crew.ts';
import { Member, type Seat } from './member.ts';
import { gathering } from './metrics.ts';
import { channelName } from './names.ts';
import { paced, repeated, sleep } from './pace.ts';
import { plan, shareOf } from './plan.ts';

const ROOM_SIZE = 10;
const FAN_OUT_PER_SECOND = 1;
/** Said while others are away, by each thread. */
const RESUME_PER_SECOND = 1;
const WAVE_SECONDS = 10;
const STAY_MS = 1_000;
const AWAY_MS = 500;

const channel = (name: string): ChannelName => channelName(`${plan.run}:${name}`);
/** Where the server puts who comes to `/ws/chat/`. */
const CHAT = channelName('chat');
const crew = (count: number, seatOf: (index: number) => Seat): readonly Member[] =>
  Array.from({ length: count }, (_, index) => new Member(seatOf(index)));

/** A herd, again and again: all of them knock in the same moment, stay for a second, and leave. */
export const storm = gathering(async () => {
  const { count } = shareOf(plan.members.storm);
  await repeated(WAVE_SECONDS, async () => {
    const members = crew(count, () => ({ path: '/ws' }));
    await Promise.all(members.map((member) => member.open()));
    await sleep(STAY_MS);
    for (const member of members) member.close();
  });
});

/** Rooms of ten who talk; the first of them sits on `/ws/chat/`. What the server counts of each is checked with every ack. */
export const chat = gathering(async () => {
  const { index: thread, count } = shareOf(plan.members.chat);
  const seatOf = (index: number): Required<Seat> => {
    const room = Math.floor(index / ROOM_SIZE);
    return thread === 0 && room === 0
      ? { path: '/ws/chat/', channel: CHAT }
      : { path: '/ws', channel: channel(`room:${thread}:${room}`) };
  };
  const members = crew(count, seatOf);
  await openAll(members);
  await paced((plan.rate * count) / (plan.members.chat ?? count), (n) => {
    members[n % count]?.publish(seatOf(n % count).channel);
  });
  await finish(members, (index) => seatOf(index).channel);
});

/** One says something each second, and everybody hears it. */
export const fanOut = gathering(async () => {
  const { index: thread, count } = shareOf(plan.members.fan_out);
  const everybody = channel('fan-out');
  const members = crew(count, () => ({ path: '/ws', channel: everybody }));
  await openAll(members);
  await paced(thread === 0 ? FAN_OUT_PER_SECOND : 0, () => members[0]?.publish(everybody));
  await finish(members, () => everybody);
});

/** Half of them leave at once and come back at once, with what was said meanwhile to catch up with. */
export const resume = gathering(async () => {
  const { index: thread, count } = shareOf(plan.members.resume);
  const own = channel(`resume:${thread}`);
  const members = crew(count, () => ({ path: '/ws', channel: own }));
  await openAll(members);
  // Who leaves waits for its ack until it is back: the one who talks stays, unless it is alone.
  const [talker, ...others] = members;
  const talking = paced(RESUME_PER_SECOND, () => {
    if (talker?.isOpen === true) talker.publish(own);
  });
  await repeated(WAVE_SECONDS, async (wave) => {
    const leaving = others.length === 0 ? members : others.filter((_, index) => index % 2 === wave % 2);
    for (const member of leaving) member.close();
    await sleep(AWAY_MS);
    await Promise.all(leaving.map((member) => member.open()));
  });
  await talking;
  await finish(members, () => own);
});
