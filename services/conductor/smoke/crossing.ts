import { expectEqual } from './expect.js';
import type { Probe } from './probe.js';
import { alone, goingOn, type Side } from './sides.js';
import { during, newChannel, publish, subscribe, type Open } from './speaking.js';

/**
 * What pub/sub brings is there in milliseconds. What a worker can't read there it finds in the log, at its next look
 * (POSITION_CHECK_INTERVAL): one such look may come at once, the next one after it is later than this.
 */
const LIVE_MS = 2_500;
const MESSAGES = 2;

/** Messages between two workers, there and back, live. @throws {SideFailure} */
export const smokeCrossing = async (one: Side, other: Side, open: Open): Promise<void> => {
  const probeOf = (side: Side): Promise<Probe> => alone(side, () => open(side.worker, '/ws'));
  await during(probeOf(one), (here) =>
    during(probeOf(other), async (there) => {
      const channel = newChannel();
      await alone(one, () => subscribe(here, channel));
      await alone(other, () => subscribe(there, channel));
      const cross = async (writer: Side, from: Probe, reader: Side, to: Probe): Promise<void> => {
        for (let count = 1; count <= MESSAGES; count += 1) {
          const data = `${count} to ${reader.worker.color}`;
          const { offset } = await goingOn(reader, writer, () => publish(from, channel, data, data));
          await goingOn(writer, reader, async () => {
            const message = await to.next('message', LIVE_MS);
            expectEqual(message.data, data, 'message: data');
            expectEqual('offset' in message ? message.offset : undefined, offset, 'message: offset');
          });
          await alone(writer, () => from.next('message'));
        }
      };
      await cross(one, here, other, there);
      await cross(other, there, one, here);
    }),
  );
};
