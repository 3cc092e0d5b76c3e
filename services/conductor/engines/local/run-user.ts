import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { Failure, isErrno } from '../../failure.js';
import { RUN_DIR_MARK } from '../../processes.js';

/** Whom a stack that root started runs its parts as. Ids as in /etc/passwd. */
export type RunUser = Readonly<{ name: string; uid: number; gid: number }>;

export const isRoot = (): boolean => process.getuid?.() === 0;

/**
 * The user that `RUN_USER` names; undefined: whoever runs the conductor, who is not root or was asked for.
 * @throws {Failure} when there is no such user
 */
export const runUserOf = (name: string): RunUser | undefined => {
  if (!isRoot() || name === '' || name === 'root') return undefined;
  const entry = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((line) => line.startsWith(`${name}:`));
  const [, , uid, gid] = entry?.split(':') ?? [];
  if (uid === undefined || gid === undefined)
    throw new Failure(`RUN_USER=${name}: there is no such user`, { exitCode: 2 });
  return { name, uid: Number(uid), gid: Number(gid) };
};

/** Why nothing of a stack in `runDir` could run as `user`, in words; undefined: it can. Tries, since only the kernel knows. */
export const whyNotAs = async (
  user: RunUser,
  runDir: string,
  binaries: readonly string[],
): Promise<string | undefined> => {
  const { name, uid, gid } = user;
  for (const binary of binaries) {
    // A shell goes there by itself: Node would, before it becomes the other user.
    const tried = spawnSync('/bin/sh', ['-c', 'cd "$1" && "$2" --version', 'try', runDir, binary], { uid, gid });
    if (tried.error !== undefined) throw tried.error;
    if (tried.status === 0) continue;
    const what = isReachable(binary, user) ? runDir : binary;
    return `${name} can't reach ${what}: a folder above it is closed to others (chmod o+x opens it, or choose another place)`;
  }
  if (!(await canBeSeen(user, runDir))) {
    return "root may not look at other users' processes in this container (it needs CAP_SYS_PTRACE)";
  }
  return undefined;
};

/** Whether the user may execute a file, by the modes of it and of the folders above. */
export const isReachable = (file: string, { uid, gid }: RunUser): boolean => {
  const { mode, uid: owner, gid: group } = statSync(file);
  const shift = owner === uid ? 6 : group === gid ? 3 : 0;
  const isOpen = ((mode >> shift) & 1) === 1;
  return isOpen && (dirname(file) === file || isReachable(dirname(file), { name: '', uid, gid }));
};

/** Gives a folder to the user, with all that an older stack has left in it. No link is followed. */
export const giveFolder = (folder: string, user: RunUser | undefined): void => {
  mkdirSync(folder, { recursive: true });
  if (user === undefined) return;
  const { status, stderr } = spawnSync('chown', ['-RhP', `${user.uid}:${user.gid}`, folder], { encoding: 'utf8' });
  if (status !== 0) throw new Failure(`${folder} can't be given to ${user.name}: ${stderr.trim()}`);
};

/** The conductor knows its processes by their environment. */
const canBeSeen = async ({ uid, gid }: RunUser, runDir: string): Promise<boolean> => {
  const env: NodeJS.ProcessEnv = { PATH: '/usr/bin:/bin', [RUN_DIR_MARK]: runDir };
  const child = spawn('sleep', ['10'], { uid, gid, cwd: runDir, env, stdio: 'ignore' });
  const gone = new Promise((resolve) => child.once('exit', resolve));
  try {
    return readFileSync(`/proc/${child.pid ?? 0}/environ`, 'utf8').includes(runDir);
  } catch (error) {
    if (isErrno(error, 'EACCES') || isErrno(error, 'EPERM')) return false;
    throw error;
  } finally {
    child.kill('SIGKILL');
    await gone;
  }
};
