/** What one client may still send: of a session, or of one connection. */
export interface Allowance {
  /** Takes one message and returns 0; or none, and returns after how long one can be taken, ms. */
  take(): number;
  /** One was taken for nothing: the server could not do it. */
  giveBack(): void;
  /** Messages that can be taken now. */
  remaining(): number;
}
