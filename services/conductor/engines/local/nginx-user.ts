import { readFileSync } from 'node:fs';

/** What /etc/passwd and /etc/group say. */
export type SystemUsers = Readonly<{ passwd: string; group: string }>;

export const systemUsers = (): SystemUsers => ({
  passwd: readFileSync('/etc/passwd', 'utf8'),
  group: readFileSync('/etc/group', 'utf8'),
});

/** Users that distributions keep for web servers, then those that every system has. */
const CANDIDATES = ['www-data', 'nginx', 'http', 'daemon', 'nobody'];

/**
 * nginx's own workers need no privileges, and a master that runs as root gives them away. They are the ones that the network
 * reaches first, so they are nobody of whom the workers behind them, with their secrets, are too: processes of one user
 * may look into each other.
 * @param runUser who runs the workers behind it
 * @returns a line of nginx's configuration
 */
export const nginxUser = (runUser: string, { passwd, group }: SystemUsers): string => {
  const known = CANDIDATES.flatMap((name) => {
    const gid = new RegExp(`^${name}:[^:]*:\\d+:(\\d+):`, 'm').exec(passwd)?.[1];
    return gid === undefined ? [] : [{ name, gid }];
  });
  const chosen = known.find(({ name }) => name !== runUser) ?? known[0];
  if (chosen === undefined) return '';
  const groupName = new RegExp(`^([^:\\n]+):[^:\\n]*:${chosen.gid}:`, 'm').exec(group)?.[1] ?? chosen.name;
  return `user ${chosen.name} ${groupName};`;
};
