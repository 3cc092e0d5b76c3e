/** Where programs are found: all that most benches ask of the environment. */
export const searchPath = (): string => process.env['PATH'] ?? '';
