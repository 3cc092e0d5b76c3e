// The load process of `make prove`: told by its parent what to do, and gone when its parent is.
import { Crowd } from './crowd.js';
import { ToCrowd, type FromCrowd } from './messages.js';

const TELL_EVERY_MS = 500;

const tell = (message: FromCrowd): void => {
  process.send?.(message);
};

const open = async (crowd: Crowd, total: number): Promise<void> => {
  const telling = setInterval(() => tell({ kind: 'opening', open: crowd.openSoFar, total }), TELL_EVERY_MS);
  await crowd.open().finally(() => clearInterval(telling));
  tell({ kind: 'open' });
  setInterval(() => tell({ kind: 'figures', figures: crowd.figures() }), TELL_EVERY_MS).unref();
};

const main = (): void => {
  let crowd: Crowd | undefined;
  const obey = async (message: ToCrowd): Promise<void> => {
    switch (message.kind) {
      case 'open':
        crowd = new Crowd(message.options);
        await open(crowd, message.options.library + message.options.plain);
        return;
      case 'finish':
        if (crowd === undefined) throw new Error('nothing was opened');
        tell({ kind: 'result', result: await crowd.finish(message.windows, message.timeoutMs) });
        return;
    }
    message satisfies never;
  };
  // An interrupt from the keyboard reaches the parent too, which ends this one in order.
  process.on('SIGINT', () => {});
  process.on('disconnect', () => process.exit(1));
  process.on('message', (message) => {
    obey(ToCrowd.parse(message)).catch((error: unknown) =>
      tell({ kind: 'failed', words: error instanceof Error ? error.message : String(error) }),
    );
  });
};

main();
