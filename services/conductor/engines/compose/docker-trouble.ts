/** The lines of what it said that tell why. */
const LINES_SHOWN = 5;
/** Options that stand before the word that says what is done, and have a value. */
const WITH_VALUE: ReadonlySet<string> = new Set(['--project-name', '--env-file', '--profile']);

/** A command as a person would call it: `docker compose up`. */
export const shortOf = (words: readonly string[]): string => {
  const [first = '', ...rest] = words.filter((_, index) => !WITH_VALUE.has(words[index - 1] ?? ''));
  const second = rest.find((word) => !word.startsWith('-'));
  return ['docker', first, ...(first === 'compose' || first === 'image' ? [second ?? ''] : [])].join(' ');
};

/** How daemons of several years say that a port is taken. */
const PORT_TAKEN = [
  /Bind for \S*?:(\d+) failed: port is already allocated/,
  /listen \w+ \S*?:(\d+): bind: address already in use/,
  /failed to bind host port (?:for )?\S*?:(\d+)(?:[:/]\S*)?: address already in use/,
];

/** Why a command failed, in words for a person. @param said what it wrote to standard error */
export const dockerTrouble = (words: readonly string[], said: string): string => {
  if (/permission denied.*docker\.?sock|dial unix.*permission denied/is.test(said)) {
    return 'the Docker daemon does not let this user in (join the group "docker")';
  }
  if (/cannot connect to the docker daemon|is the docker daemon running/i.test(said)) {
    return 'no Docker daemon answers';
  }
  const port = PORT_TAKEN.map((form) => form.exec(said)?.[1]).find((number) => number !== undefined);
  if (port !== undefined) return `port ${port} is taken by something else on this machine`;
  const image = /(?:No such image: |pull access denied for |unable to find image ')([\w./:@-]+)/i.exec(said);
  if (image !== null) return `the image ${image[1]} is not here, and can not be pulled`;
  const lines = said
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  return [`"${shortOf(words)}" failed:`, ...lines.slice(-LINES_SHOWN)].join('\n  ');
};
