import * as fc from 'fast-check';
import type { JsonValue, Position, Publication } from '../frames.js';
import {
  parseChannelName,
  parseClientId,
  parseConnectionId,
  parseEpoch,
  parseFrameId,
  parseOffset,
  parseSessionId,
} from '../ids.js';
import { parseJson } from '../json.js';

const must = <T>(value: T | undefined): T => {
  if (value === undefined) throw new Error('the arbitrary made an invalid value');
  return value;
};

/** Options of `fc.record`: plain prototypes only, as JSON.parse gives them. */
export const plain = { noNullPrototype: true } as const;

export const channelName = fc.stringMatching(/^[A-Za-z0-9_.:-]{1,128}$/).map((value) => must(parseChannelName(value)));
export const clientId = fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/).map((value) => must(parseClientId(value)));
const shortText = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 64 }).filter(({ length }) => length <= 64);
export const frameId = shortText.map((value) => must(parseFrameId(value)));
export const epoch = shortText.map((value) => must(parseEpoch(value)));
export const offset = fc.maxSafeNat().map((value) => must(parseOffset(value)));
export const sessionId = fc.uuid({ version: 4 }).map((value) => must(parseSessionId(value)));
export const connectionId = fc.uuid().map((value) => must(parseConnectionId(value)));

/** Any JSON value that survives being written, with strings that UTF-8 cannot hold and keys such as `__proto__`. */
export const jsonValue: fc.Arbitrary<JsonValue> = fc
  .json({ stringUnit: 'binary', depthSize: 'medium' })
  .map((text) => must(parseJson(JSON.stringify(parseJson(text)))));

export const time = fc
  .date({ noInvalidDate: true, min: new Date(0), max: new Date('9999-12-31T23:59:59.999Z') })
  .map((date) => date.toISOString());
export const seconds = fc.double({ noNaN: true, noDefaultInfinity: true, min: 0 });
export const count = fc.maxSafeNat();
export const text = fc.string({ unit: 'binary' });
export const position: fc.Arbitrary<Position> = fc.record({ epoch, offset }, plain);
export const publication: fc.Arbitrary<Publication> = fc.record(
  { epoch, offset, from: clientId, data: jsonValue, time },
  plain,
);
export const type = <const T extends string>(name: T): fc.Arbitrary<T> => fc.constant(name);

/** Texts that are almost frames: cut, with a character changed or inserted, or with a field replaced. */
export const almost = (frames: fc.Arbitrary<object>): fc.Arbitrary<string> =>
  fc.oneof(
    fc
      .tuple(frames, fc.nat(400), fc.nat(3), fc.string({ unit: 'binary', maxLength: 3 }))
      .map(([frame, at, removed, inserted]) => {
        const whole = JSON.stringify(frame);
        return whole.slice(0, at) + inserted + whole.slice(at + removed);
      }),
    fc.tuple(frames, fc.nat(12), jsonValue).map(([frame, at, value]) => {
      const keys = Object.keys(frame);
      return JSON.stringify({ ...frame, [keys[at % keys.length] ?? 'type']: value });
    }),
  );
