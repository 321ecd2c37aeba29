/** Work that would hold the window up if it were done at once: each piece in a task of its own. */

type Work = () => void;

const waiting = new Set<Work>();
const channel = new MessageChannel();

channel.port1.onmessage = () => {
  const [first] = waiting;
  if (!first) return;
  try {
    first();
  } finally {
    waiting.delete(first);
    // Asked for only now: what came up meanwhile goes first.
    if (waiting.size > 0) channel.port2.postMessage(null);
  }
};

/** Does it after all that came before, with input and drawing in between. @returns takes it back */
export function inTurn(work: Work): () => void {
  waiting.add(work);
  if (waiting.size === 1) channel.port2.postMessage(null);
  return () => waiting.delete(work);
}

/** When its turn has come. */
export function turn(): Promise<void> {
  return new Promise((resolve) => inTurn(resolve));
}
