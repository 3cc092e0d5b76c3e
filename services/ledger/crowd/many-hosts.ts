import type { Target } from '../watched-client.js';

const HOSTS = 64;

/**
 * On loopback clients come from many addresses, as they do outside: from one, thousands of connections and those just
 * closed leave the kernel few ports to choose from, and it searches for a free one while everything waits.
 */
export const fromManyHosts = (target: Target, index: number): Target =>
  new URL(target.url).hostname === '127.0.0.1' ? { ...target, from: `127.0.1.${1 + (index % HOSTS)}` } : target;
