/** Names of the messages between the window's preload and the main process. */
export const CHANNELS = {
  /** A call of the contract: (name, input) → {ok: true, json} or {ok: false, error}. */
  call: 'midtrain:call',
  /** An event message, to the window. */
  event: 'midtrain:event',
  /** The path of a file that the user dropped or picked, to main. */
  picked: 'midtrain:picked',
} as const;
