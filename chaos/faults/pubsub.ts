import type { ChaosStack } from '../stack.js';
import type { Fault } from './fault.js';
import { repeatedly } from './lasting.js';

export const killPubsub: Fault = {
  name: 'pubsub-kill',
  does: 'CLIENT KILL TYPE pubsub, three times',
  touches: 'redis',
  healsWithin: 15,
  async strike(scene) {
    let killed = 0;
    await repeatedly(scene, { times: 3, everyMs: 150 }, async () => {
      killed += Number((await scene.stack.redis('CLIENT', 'KILL', 'TYPE', 'pubsub')).slice(1));
    });
    return `${killed} subscriptions`;
  },
};

const TIGHT = 'pubsub 1 0 0';
const BURSTS = 4;

/** Redis counts only what does not fit into a connection's own 16 KB: large messages come in bursts meanwhile. */
export const overflowPubsub: Fault = {
  name: 'pubsub-overflow',
  does: 'client-output-buffer-limit pubsub of one byte under bursts of large messages, then as before',
  touches: 'redis',
  healsWithin: 15,
  async strike(scene) {
    const { stack, burst } = scene;
    const before = await limits(stack.redis('CONFIG', 'GET', 'client-output-buffer-limit'));
    const listening = await subscriberIds(stack);
    await stack.redis('CONFIG', 'SET', 'client-output-buffer-limit', TIGHT);
    try {
      await repeatedly(scene, { times: BURSTS, everyMs: 250 }, () => burst(6));
    } finally {
      // Redis may be away because of another fault: it then starts with its own limits again.
      await stack.redis('CONFIG', 'SET', 'client-output-buffer-limit', before).catch(() => undefined);
    }
    const left = new Set(await subscriberIds(stack).catch((): readonly string[] => []));
    const cut = listening.filter((id) => !left.has(id));
    return `${cut.length} of ${listening.length} subscriptions cut off at least once`;
  },
};

const limits = async (reply: Promise<string>): Promise<string> => {
  const pubsub = /pubsub \d+ \d+ \d+/.exec(await reply)?.[0];
  if (pubsub === undefined) throw new Error('Redis shows no client-output-buffer-limit');
  return pubsub;
};

/** Of the connections that listen now. */
const subscriberIds = async (stack: ChaosStack): Promise<readonly string[]> =>
  [...(await stack.redis('CLIENT', 'LIST', 'TYPE', 'pubsub')).matchAll(/^(?:\$\d+\r\n)?id=(\d+)/gm)].map(
    ([, id = '']) => id,
  );
