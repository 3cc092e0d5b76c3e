type Change = Readonly<{ file: string; from: string; to: string }>;
type Bug = Readonly<{ does: string; changes: readonly Change[] }>;

/** Bugs that can be put into the build on purpose: a suite that does not find them is of no use. */
export const BUGS = {
  'skip-fill-in': {
    does: 'a worker that missed publications goes on with the next one and reads nothing from the log',
    changes: [
      {
        file: 'services/gateway/hub/feed.js',
        from: "if (this.#state.kind === 'live')\n            void this.#fill();",
        to: '',
      },
      {
        file: 'services/gateway/hub/feed.js',
        from: '// A hole, or another life of the log: only the log knows what lies between, and it has this one too.\n        void this.#fill();',
        to: 'this.#deliver(publication);',
      },
    ],
  },
  'ack-early': {
    does: 'a publish is acked, at the offset that it will probably get, before the script runs in Redis',
    changes: [
      {
        file: 'services/gateway/broker/redis/outbox.js',
        from: 'this.#enter(item);\n        });',
        to: [
          'const log = item.channel;',
          'const newest = (this.newest ??= new Map()).get(log);',
          'const answer = item.accept;',
          'item.accept = (accepted) => { this.newest.set(log, accepted); answer(accepted); };',
          'if (newest === undefined) return void this.#enter(item);',
          'const guess = { ...newest, offset: newest.offset + 1, count: newest.count + 1, duplicate: false };',
          'item.accept = () => {};',
          'this.newest.set(log, guess);',
          'answer(guess);',
          'setTimeout(() => this.#enter(item), 500);',
          '});',
        ].join('\n'),
      },
    ],
  },
} as const satisfies Readonly<Record<string, Bug>>;

export type BugName = keyof typeof BUGS;
export const isBugName = (text: string): text is BugName => Object.hasOwn(BUGS, text);
