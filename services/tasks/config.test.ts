import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { settings as ofWorkers } from '../gateway/config/settings.js';
import { readTasksConfig, settings } from './config.js';

const REDIS_URL = 'redis://127.0.0.1:6379';
const operations = readFileSync(new URL('../../docs/OPERATIONS.md', import.meta.url), 'utf8');
const section = operations.split(/^## /m).find((part) => part.startsWith('Settings of a task worker\n')) ?? '';

describe('readTasksConfig', () => {
  it('has a default for everything but the Redis', () => {
    expect(readTasksConfig({ REDIS_URL })).toMatchObject({ TASK_CONCURRENCY: 5, TASK_LEASE: 10, TASK_DRAIN: 20 });
    expect(() => readTasksConfig({})).toThrow(/^REDIS_URL is not set/);
  });

  it.each([
    ['TASK_CONCURRENCY', '0', 'TASK_CONCURRENCY="0": a whole number from 1 to 1,000'],
    ['TASK_CONCURRENCY', '1.5', 'TASK_CONCURRENCY="1.5": a whole number from 1 to 1,000'],
    ['TASK_LEASE', '0', 'TASK_LEASE="0": seconds, from 1 to 3,600'],
    ['TASK_DRAIN', 'abc', 'TASK_DRAIN="abc": seconds, from 0 to 3,600'],
    ['COLOR', 'red', 'COLOR="red": one of blue, green'],
    ['REDIS_URL', 'http://user:secret@x', 'REDIS_URL="http://…@x": a redis:// or rediss:// address'],
  ])('names the variable and shows no secret: %s', (name, value, words) => {
    expect(() => readTasksConfig({ REDIS_URL, [name]: value })).toThrow(words);
    expect(() => readTasksConfig({ REDIS_URL, [name]: value })).not.toThrow('secret');
  });

  it('is documented in docs/OPERATIONS.md, setting by setting with its default', () => {
    const defaults: Readonly<Record<string, unknown>> = readTasksConfig({ REDIS_URL });
    const own = Object.keys(settings.shape).filter((name) => name === 'REDIS_URL' || !(name in ofWorkers.shape));
    for (const name of own) {
      const value = typeof defaults[name] === 'number' ? `\`${defaults[name]}\` ` : '';
      expect(section, name).toContain(`| \`${name}\` | ${value}|`);
    }
    for (const name of Object.keys(settings.shape)) expect(section, name).toContain(`\`${name}\``);
  });
});
