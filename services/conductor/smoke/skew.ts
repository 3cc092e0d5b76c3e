import type { Position } from '../../protocol/frames.js';
import type { ChannelName, ClientId, SessionId } from '../../protocol/ids.js';
import { expectEqual } from './expect.js';
import type { Probe } from './probe.js';
import { alone, goingOn, type Side } from './sides.js';
import { during, frameId, newChannel, publish, subscribe, type Open } from './speaking.js';

/** What a client takes from one worker to another. */
type Left = Readonly<{ session: SessionId; clientId: ClientId; channel: ChannelName; place: Position }>;

/** Published before the move: data and id alike. */
const LINES = ['one', 'two', 'three'];

/**
 * Two releases on one Redis: a session, a count, a place, a log and the ids in it, left by `writer` and gone on with by
 * `reader`; tried in both directions, so that a deploy can move clients, and a rollback can move them back.
 * @throws {SideFailure}
 */
export const smokeSkew = async (writer: Side, reader: Side, open: Open): Promise<void> => {
  const left = await alone(writer, () => leave(writer, open));
  await goingOn(writer, reader, () => goOn(left, reader, open));
};

/** The session begins on `/ws/chat/`, where the server keeps its place. Nothing is said there: people read it. */
const leave = async ({ worker }: Side, open: Open): Promise<Left> => {
  const { session_id: session, client_id: clientId } = await during(open(worker, '/ws/chat/'), async (probe) => {
    await probe.next('subscribed');
    return probe.welcome;
  });
  const channel = newChannel();
  const place = await during(open(worker, `/ws?session=${session}`), async (probe) => {
    const { epoch, offset } = await subscribe(probe, channel);
    for (const line of LINES) await publish(probe, channel, line, line);
    return { epoch, offset };
  });
  return { session, clientId, channel, place };
};

const goOn = async (left: Left, { worker }: Side, open: Open): Promise<void> => {
  await during(open(worker, `/ws?session=${left.session}`), async (probe) => {
    expectEqual(probe.welcome.resumed, true, 'resume: resumed');
    expectEqual(probe.welcome.client_id, left.clientId, 'resume: client_id');
    expectEqual(probe.welcome.message_count, LINES.length, 'resume: message_count');
    await recover(probe, left);
    await repeat(probe, left);
    await readHistory(probe, left);
    const next = await publish(probe, left.channel, 'next', 'next');
    expectEqual(next.offset, left.place.offset + LINES.length + 1, 'publish: offset');
    expectEqual(next.message_count, LINES.length + 1, 'publish: message_count');
  });
  await during(open(worker, `/ws/chat/?session=${left.session}`), async (probe) => {
    expectEqual(probe.welcome.message_count, LINES.length + 1, '/ws/chat/: message_count');
    expectEqual((await probe.next('subscribed')).recovered, true, '/ws/chat/: recovered');
  });
};

const recover = async (probe: Probe, { channel, place, clientId }: Left): Promise<void> => {
  const { recovered } = await subscribe(probe, channel, place);
  expectEqual(recovered, true, 'recover: recovered');
  for (const [index, line] of LINES.entries()) {
    const message = await probe.next('message');
    expectEqual('offset' in message ? message.offset : undefined, place.offset + index + 1, 'recover: offset');
    expectEqual(message.data, line, 'recover: data');
    expectEqual(message.from, clientId, 'recover: from');
  }
};

/** The same id again, in the same session. */
const repeat = async (probe: Probe, { channel, place }: Left): Promise<void> => {
  for (const [index, line] of LINES.entries()) {
    const { duplicate, offset } = await publish(probe, channel, line, line);
    expectEqual(duplicate, true, 'an id again: duplicate');
    expectEqual(offset, place.offset + index + 1, 'an id again: offset');
  }
};

const readHistory = async (probe: Probe, { channel, place }: Left): Promise<void> => {
  probe.send({ type: 'history', channel, since: place, id: frameId('history') });
  const { publications, recovered } = await probe.next('history');
  expectEqual(recovered, true, 'history: recovered');
  const found = publications.map(({ offset, data }) => `${offset} ${JSON.stringify(data)}`);
  const wanted = LINES.map((line, index) => `${place.offset + index + 1} ${JSON.stringify(line)}`);
  expectEqual(found.join(', '), wanted.join(', '), 'history: publications');
};
