import type { Limit } from '../engines/engine.js';
import type { BuildSettings } from './build-settings.js';
import type { Finding } from './facts.js';

type Known = {
  [Name in keyof BuildSettings]-?: undefined extends BuildSettings[Name] ? never : Name;
}[keyof BuildSettings];

export const settingOf = (build: BuildSettings, name: Known): Limit => ({ setting: name, value: build[name] });

/** `NAME=value`. */
export const shown = ({ setting, value }: Limit<number | string>): string => `${setting}=${value}`;

/** "A=1 and B=2 clash: why; what to do". */
export const clash = (
  one: Limit<number | string>,
  other: Limit<number | string>,
  why: string,
  remedy: string,
): Finding => ({ kind: 'clash', words: `${shown(one)} and ${shown(other)} clash: ${why}; ${remedy}` });

/** `less` must stay below `more`. Undefined when it does, or when one of them is not known. */
export const mustBeBelow = (less: Limit | undefined, more: Limit | undefined, why: string): Finding | undefined => {
  if (less === undefined || more === undefined || less.value < more.value) return undefined;
  const remedy = `raise ${more.setting} to more than ${less.value}, or lower ${less.setting} below ${more.value}`;
  return clash(less, more, why, remedy);
};

/** `room` must hold `needed`, which `cause` makes necessary. */
export const mustHold = (cause: Limit, needed: number, room: Limit, why: string): Finding | undefined =>
  room.value >= needed ? undefined : clash(cause, room, why, `raise ${room.setting} to at least ${Math.ceil(needed)}`);
