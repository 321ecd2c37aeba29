/** Work that would hold the window up if it were done at once: each piece in a task of its own. */

type Work = () => void;

const waiting = new Set<Work>();
const channel = new MessageChannel();
/** Whether the next turn is on its way, or this one not over. */
let asked = false;

function ask(): void {
  if (asked || waiting.size === 0) return;
  asked = true;
  channel.port2.postMessage(null);
}

function over(): void {
  asked = false;
  ask();
}

channel.port1.onmessage = () => {
  // What React is told here it asks for itself, in a microtask: before the next turn, so that it draws one piece a task.
  queueMicrotask(() => queueMicrotask(over));
  for (const first of waiting) {
    waiting.delete(first);
    first();
    return;
  }
};

/** Does it after all that came before, with input and drawing in between. @returns takes it back */
export function inTurn(work: Work): () => void {
  waiting.add(work);
  ask();
  return () => waiting.delete(work);
}

/** When its turn has come. */
export function turn(): Promise<void> {
  return new Promise((resolve) => inTurn(resolve));
}
