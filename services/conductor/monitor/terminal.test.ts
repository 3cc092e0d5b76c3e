import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { Terminal } from './terminal.js';

class Screen extends EventEmitter {
  columns = 80;
  rows = 24;
  text = '';
  write(text: string): void {
    this.text += text;
  }
}

const rowsFor = (columns: number, rows: number) => [
  { text: `${columns}x${rows}`, tone: 'bad' as const },
  { text: 'well', tone: 'plain' as const },
];

test('a frame is written over the one before, without clearing the screen first', () => {
  const screen = new Screen();
  new Terminal(screen, true).draw(rowsFor);
  expect(screen.text).not.toContain('\u001B[2J');
  expect(screen.text).toContain('\u001B[H\u001B[31m79x24\u001B[0m\u001B[K\r\nwell\u001B[K\u001B[J');
});

test('without colors there is not one', () => {
  const screen = new Screen();
  new Terminal(screen, false).draw(rowsFor);
  expect(screen.text).not.toContain('m79x24');
  expect(screen.text).toContain('79x24');
});

test('another size is drawn at once, until it is left', () => {
  const screen = new Screen();
  const terminal = new Terminal(screen, false);
  terminal.enter();
  terminal.draw(rowsFor);
  Object.assign(screen, { columns: 41, rows: 9, text: '' });
  screen.emit('resize');
  expect(screen.text).toContain('40x9');
  terminal.leave();
  expect(screen.text.endsWith('\u001B[?7h\u001B[?25h\u001B[?1049l')).toBe(true);
  screen.text = '';
  screen.emit('resize');
  expect(screen.text).toBe('');
});

test('a stream that does not tell its size counts as 80 by 24', () => {
  const screen = Object.assign(new Screen(), { columns: 0, rows: 0 });
  new Terminal(screen, false).draw(rowsFor);
  expect(screen.text).toContain('79x24');
});
