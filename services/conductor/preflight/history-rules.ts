import { LARGEST_BACK_OFF, type Rule } from './facts.js';
import { clash, settingOf } from './words.js';

/** Who is moved last and waits longest before it comes back still finds what it missed. */
export const historyOutlivesMove: Rule = ({ build, connections, moveRate }) => {
  if (build === undefined) return undefined;
  const slots = Math.ceil(connections / moveRate);
  const drain = slots + build.DRAIN_GRACE;
  const needed = drain + LARGEST_BACK_OFF;
  if (build.HISTORY_TTL >= needed) return undefined;
  return clash(
    settingOf(build, 'HISTORY_TTL'),
    settingOf(build, 'DRAIN_GRACE'),
    `a move takes up to ${drain} s (${slots} s for ${connections} connections at DRAIN_RATE=${moveRate}, and the grace) and a client's back-off ` +
      `${LARGEST_BACK_OFF} s: what it missed would be gone`,
    `raise HISTORY_TTL to at least ${Math.ceil(needed)}`,
  );
};

/** The log of the busiest channel holds what one client misses from its slot to the end of its back-off. */
export const historyHoldsAbsence: Rule = ({ build, busiest }) => {
  if (build === undefined || busiest === undefined) return undefined;
  const away = build.DRAIN_GRACE + LARGEST_BACK_OFF;
  const needed = Math.ceil(busiest.per_second * away);
  if (build.HISTORY_SIZE >= needed) return undefined;
  return clash(
    settingOf(build, 'HISTORY_SIZE'),
    settingOf(build, 'DRAIN_GRACE'),
    `the channel ${busiest.name ?? ''} had ${round(busiest.per_second)} publications a second in the last minutes, and a ` +
      `client may be away for ${away} s (the grace and ${LARGEST_BACK_OFF} s of back-off): what it missed would be gone`,
    `raise HISTORY_SIZE to at least ${needed}`,
  );
};

const round = (perSecond: number): number => Math.round(perSecond * 10) / 10;
