import type { Rule } from './facts.js';
import { clash, mustBeBelow, settingOf } from './words.js';

/** A stop ends by itself: its slots and the grace of the last of them, places, the lease. */
export const drainFitsStop: Rule = ({ build }) => {
  if (build === undefined) return undefined;
  const needed = build.DRAIN_GRACE + build.stop_reserve;
  if (needed <= build.GRACEFUL_SHUTDOWN_TIMEOUT) return undefined;
  const grace = settingOf(build, 'DRAIN_GRACE');
  const stop = settingOf(build, 'GRACEFUL_SHUTDOWN_TIMEOUT');
  return clash(
    grace,
    stop,
    `a stop needs the grace and ${build.stop_reserve} s more, or it ends before its connections may move`,
    `raise ${stop.setting} to at least ${needed}, or lower ${grace.setting}`,
  );
};

export const stopEndsBeforeKill: Rule = ({ build, limits: { kill } }) => {
  if (build === undefined || build.GRACEFUL_SHUTDOWN_TIMEOUT <= kill.value) return undefined;
  const stop = settingOf(build, 'GRACEFUL_SHUTDOWN_TIMEOUT');
  return clash(
    stop,
    kill,
    'a worker would be killed before its own deadline, and cut its connections without a close frame',
    `raise ${kill.setting} to at least ${stop.value}, or lower ${stop.setting}`,
  );
};

export const heartbeatBeatsItsTimeout: Rule = ({ build }) =>
  build &&
  mustBeBelow(
    settingOf(build, 'WEBSOCKET_HEARTBEAT_INTERVAL'),
    settingOf(build, 'HEARTBEAT_TIMEOUT'),
    'every connection would be closed with 4408 before it is asked for life',
  );

export const heartbeatBeatsFrontRead: Rule = ({ build, limits: { front } }) =>
  build &&
  mustBeBelow(
    settingOf(build, 'WEBSOCKET_HEARTBEAT_INTERVAL'),
    front.readTimeout,
    'nginx would cut quiet connections between two heartbeats, without a close frame',
  );

export const heartbeatBeatsFrontSend: Rule = ({ build, limits: { front } }) =>
  build &&
  mustBeBelow(
    settingOf(build, 'WEBSOCKET_HEARTBEAT_INTERVAL'),
    front.sendTimeout,
    'nginx would cut quiet connections between two heartbeats, without a close frame',
  );

export const frontReadBeatsSocketIdle: Rule = ({ build, limits: { front } }) =>
  build && mustBeBelow(front.readTimeout, idleOf(build.socket_idle), IDLE_WHY);

export const frontSendBeatsSocketIdle: Rule = ({ build, limits: { front } }) =>
  build && mustBeBelow(front.sendTimeout, idleOf(build.socket_idle), IDLE_WHY);

const idleOf = (value: number) => ({ setting: 'idleTimeout of uWebSockets.js', value });
const IDLE_WHY = 'a worker would end connections that nginx still holds to be alive, without a close code';
