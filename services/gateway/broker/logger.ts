/** What the broker has to say to operators; a pino logger fits. */
export type BrokerLogger = Readonly<{
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}>;

export const SILENT: BrokerLogger = { info: () => undefined, warn: () => undefined };
