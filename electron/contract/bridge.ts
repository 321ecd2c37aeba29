/** What the desktop window's preload exposes to the page as `window.midtrain`: the contract and nothing else. */
export interface Bridge {
  /** Resolves to an `answer` (contract.ts), still to be parsed. */
  readonly call: (name: string, input: unknown) => Promise<unknown>;
  /** Hands on every event message, still to be parsed; the returned function ends it. */
  readonly onEvent: (listener: (message: unknown) => void) => () => void;
  /** The path of a file or folder the user dropped or picked, for `corpora.import`. */
  readonly pathOf: (file: File) => string;
}
