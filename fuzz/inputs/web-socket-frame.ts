export type FrameParts = Readonly<{
  fin: boolean;
  /** Three bits; RFC 6455 gives them no meaning. */
  reserved: number;
  opcode: number;
  payload: Buffer;
  /** Undefined: not masked, which a client must not be. */
  mask: Buffer | undefined;
  /** What the header claims; the payload's own length, if it is no lie. */
  length: number;
}>;

const SHORT = 126;
const LONG = 0x1_00_00;

/** A WebSocket frame as bytes, right or wrong. */
export const frameBytes = ({ fin, reserved, opcode, payload, mask, length }: FrameParts): Buffer => {
  const first = (fin ? 0x80 : 0) | (reserved << 4) | opcode;
  const masked = mask === undefined ? 0 : 0x80;
  const masking = mask ?? Buffer.alloc(0);
  const body = Buffer.from(payload);
  if (mask !== undefined) for (let at = 0; at < body.length; at += 1) body[at] = (body[at] ?? 0) ^ (mask[at % 4] ?? 0);
  return Buffer.concat([Buffer.from([first]), lengthBytes(masked, length), masking, body]);
};

const lengthBytes = (masked: number, length: number): Buffer => {
  if (length < SHORT) return Buffer.from([masked | length]);
  const bytes = Buffer.alloc(length < LONG ? 3 : 9);
  bytes[0] = masked | (length < LONG ? SHORT : SHORT + 1);
  if (length < LONG) bytes.writeUInt16BE(length, 1);
  else bytes.writeBigUInt64BE(BigInt(length), 1);
  return bytes;
};

/** As a well-behaved client sends it. */
export const soundFrame = (opcode: number, payload: Buffer, fin = true): Buffer =>
  frameBytes({ fin, reserved: 0, opcode, payload, mask: Buffer.from([1, 2, 3, 4]), length: payload.length });
