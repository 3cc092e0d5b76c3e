import type { BuildSettings } from './build-settings.js';
import { LARGEST_BACK_OFF, type Facts, type Rule } from './facts.js';
import { clash, settingOf } from './words.js';

/** Who is moved last and waits longest before it comes back still finds what `lost` says. */
const outlivesMove =
  (name: 'HISTORY_TTL' | 'SESSION_TTL' | 'DEDUPE_WINDOW', lost: string): Rule =>
  ({ build, connections, moveRate }) => {
    const value = build?.[name];
    if (build === undefined || value === undefined) return undefined;
    const slots = slotsOf({ connections, moveRate });
    const drain = slots + build.DRAIN_GRACE;
    const needed = drain + LARGEST_BACK_OFF;
    if (value >= needed) return undefined;
    return clash(
      { setting: name, value },
      settingOf(build, 'DRAIN_GRACE'),
      `a move takes up to ${drain} s (${slots} s for ${connections} connections at DRAIN_RATE=${moveRate}, and the grace) and a client's back-off ` +
        `${LARGEST_BACK_OFF} s: ${lost}`,
      `raise ${name} to at least ${Math.ceil(needed)}`,
    );
  };

export const historyOutlivesMove = outlivesMove('HISTORY_TTL', 'what it missed would be gone');
export const sessionOutlivesMove = outlivesMove('SESSION_TTL', 'it would come back as a stranger');
export const idsOutliveMove = outlivesMove('DEDUPE_WINDOW', 'what it sends again would be published twice');

/** All slots of a move lie within the time that a deploy waits for it. */
export const moveFitsItsTime: Rule = ({ build, connections, moveRate, moveTimeout }) => {
  if (build === undefined) return undefined;
  const slots = slotsOf({ connections, moveRate });
  const needed = slots + build.DRAIN_GRACE;
  if (moveTimeout >= needed) return undefined;
  return clash(
    { setting: 'DRAIN_TIMEOUT', value: moveTimeout },
    { setting: 'DRAIN_RATE', value: moveRate },
    `${connections} connections take ${slots} s, and the grace of the last one ${build.DRAIN_GRACE} s`,
    `raise DRAIN_TIMEOUT to at least ${Math.ceil(needed)}, or DRAIN_RATE`,
  );
};

/** The log of the busiest channel holds what one client misses from its slot to the end of its back-off. */
export const historyHoldsAbsence: Rule = ({ build, busiest }) => {
  if (build === undefined || busiest === undefined) return undefined;
  const away = awayOf(build);
  const needed = Math.ceil(busiest.per_second * away);
  if (build.HISTORY_SIZE >= needed) return undefined;
  return clash(
    settingOf(build, 'HISTORY_SIZE'),
    settingOf(build, 'DRAIN_GRACE'),
    `the channel ${busiest.name ?? ''} had ${round(busiest.per_second)} publications a second in the last minutes, and a ` +
      `client may be away for ${away} s (the grace and ${LARGEST_BACK_OFF} s of back-off): what it missed would be gone`,
    `raise HISTORY_SIZE to at least ${needed}: HISTORY_SIZE=${withRoom(needed)} make promote starts the new workers with it, and it holds from then on`,
  );
};

const slotsOf = ({ connections, moveRate }: Pick<Facts, 'connections' | 'moveRate'>): number =>
  Math.ceil(connections / moveRate);

const awayOf = (build: BuildSettings): number => build.DRAIN_GRACE + LARGEST_BACK_OFF;

/** A quarter more, in hundreds: the channel may be busier by the time that somebody has read this. */
const withRoom = (needed: number): number => Math.ceil((needed * 1.25) / 100) * 100;

const round = (perSecond: number): number => Math.round(perSecond * 10) / 10;
