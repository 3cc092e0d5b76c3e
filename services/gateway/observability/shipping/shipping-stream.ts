import { levels, type DestinationStream } from 'pino';
import type { LogShipper } from './log-shipper.js';

/** A stream that has it is told the level and the time of each line before the line. */
const METADATA: unique symbol = Symbol.for('pino.metadata');

/** The shipper as a destination of pino. */
export class ShippingStream implements DestinationStream {
  readonly [METADATA] = true;
  lastLevel = 30;
  /** As it stands in the line: `"2026-01-02T03:04:05.678Z"`. */
  lastTime = '';
  readonly #shipper: LogShipper;

  constructor(shipper: LogShipper) {
    this.#shipper = shipper;
  }

  /** `line` ends with a line end. */
  write(line: string): void {
    const level = levels.labels[this.lastLevel] ?? 'info';
    this.#shipper.write(level.toUpperCase(), Date.parse(this.lastTime.slice(1, -1)), line.slice(0, -1));
  }
}
