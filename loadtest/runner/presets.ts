export type Preset = Readonly<{ sockets: number; rate: number; seconds: number }>;

/** `make load-test`, `make load-test-5k`, `make load-test-10k`. */
export const PRESETS = {
  '': { sockets: 100, rate: 20, seconds: 60 },
  '5k': { sockets: 5_000, rate: 200, seconds: 60 },
  '10k': { sockets: 10_000, rate: 400, seconds: 60 },
} as const satisfies Readonly<Record<string, Preset>>;

/** What the p95 may be where none is named: k6 and all that it loads share two cores. */
export const p95Of = (sockets: number): number => P95_MS.find(([most]) => sockets <= most)?.[1] ?? 1_000;
const P95_MS = [
  [500, 50],
  [5_000, 500],
] as const;

export type PresetName = keyof typeof PRESETS;

const { '': small, '5k': five, '10k': ten } = PRESETS;
const each = (name: keyof Preset): string => `${small[name]}, ${five[name]}, ${ten[name]}`;

export const HELP = `scripts/load-test.sh [--preset 5k|10k] [OPTIONS]

Users for k6 on a running stack: they knock in herds (storm), talk in rooms and
have their messages counted (chat), hear one who speaks to all (fan_out), leave
and catch up (resume). Exit code 0: no connection failed, no message was lost
or came twice, and the p95 holds; 1 else, with what broke; 2: asked wrongly.

  --sockets N       users (SOCKETS=; ${each('sockets')} by preset)
  --rate N          messages a second of all rooms (RATE=; ${each('rate')})
  --duration S      seconds of load (DURATION=; ${small.seconds})
  --host URL        ws://localhost:8001, wss://example.com (HOST=; the stack in
                    RUN_DIR, else port 80 of this machine)
  --p95 MS          bound of the p95 of acks and of deliveries, each (P95=;
                    50 up to 500 users, 500 up to 5,000, 1,000 above)
  --scenarios A,B   of storm, chat, fan_out, resume (SCENARIOS=; all)
  --promote         deploys the stack in RUN_DIR meanwhile (PROMOTE=1)

REPORTS= is the folder for reports (loadtest/reports).`;
