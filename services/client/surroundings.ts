/** What a client is told by the platform around it. */
export interface Surroundings {
  /** False: an attempt to connect would be for nothing. */
  readonly online: boolean;
  /** `woken`: the network is back, or the page is seen again. Returns how to stop. */
  watch(woken: () => void): () => void;
}

type Target = Readonly<{
  addEventListener(type: string, listener: () => void): void;
  removeEventListener(type: string, listener: () => void): void;
}>;

/** The window and its document; a process that has none is always online. */
export type Platform = Readonly<{
  addEventListener?: Target['addEventListener'];
  removeEventListener?: Target['removeEventListener'];
  navigator?: Readonly<{ onLine?: boolean }>;
  document?: Target & Readonly<{ visibilityState: string }>;
  setTimeout?: unknown;
}>;

export const surroundingsOf = (platform: Platform = globalThis): Surroundings => ({
  get online() {
    return platform.navigator?.onLine !== false;
  },
  watch(woken) {
    const { document } = platform;
    const seen = (): void => {
      if (document?.visibilityState === 'visible') woken();
    };
    platform.addEventListener?.('online', woken);
    document?.addEventListener('visibilitychange', seen);
    return () => {
      platform.removeEventListener?.('online', woken);
      document?.removeEventListener('visibilitychange', seen);
    };
  },
});
