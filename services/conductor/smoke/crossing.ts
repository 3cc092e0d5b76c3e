import { expectEqual } from './expect.js';
import type { Probe } from './probe.js';
import { goingOn, type Side } from './sides.js';
import { during, newChannel, publish, subscribe, type Open } from './speaking.js';

/**
 * What pub/sub brings is there in milliseconds. What a worker can't read there it finds in the log, at its next look
 * (POSITION_CHECK_INTERVAL): one such look may come at once, the next one after it is later than this.
 */
const LIVE_MS = 2_500;
const MESSAGES = 2;

/** Messages between two workers, there and back, live. @throws {Failure} naming the direction that fails */
export const smokeCrossing = (one: Side, other: Side, open: Open): Promise<void> =>
  during(open(one.worker, '/ws'), (here) =>
    during(open(other.worker, '/ws'), async (there) => {
      const channel = newChannel();
      await subscribe(here, channel);
      await subscribe(there, channel);
      const cross = async (writer: Side, from: Probe, reader: Side, to: Probe): Promise<void> => {
        for (let count = 1; count <= MESSAGES; count += 1) {
          const data = `${count} to ${reader.worker.color}`;
          const { offset } = await publish(from, channel, data, data);
          await goingOn(writer, reader, async () => {
            const message = await to.next('message', LIVE_MS);
            expectEqual(message.data, data, 'message: data');
            expectEqual('offset' in message ? message.offset : undefined, offset, 'message: offset');
          });
          await from.next('message');
        }
      };
      await cross(one, here, other, there);
      await cross(other, there, one, here);
    }),
  );
