import { IconPlugConnectedX } from '@tabler/icons-react';
import type { ConnectionState } from '../../api.ts';
import classes from './shell.module.css';

const WORDS = {
  lost: {
    what: 'The application does not answer.',
    wayOut: 'What you see may be old. Start it again where it was started; this page goes on by itself.',
  },
  refused: {
    what: 'The application was started anew.',
    wayOut:
      'Open the link its terminal printed, in any tab of this browser; this page then goes on by itself.',
  },
} as const;

/** Says that the host is gone and that the page waits for it; nothing on screen changes until it is back. */
export function ConnectionBanner({ state }: { readonly state: ConnectionState }): React.JSX.Element {
  const words = state === 'lost' || state === 'refused' ? WORDS[state] : null;
  return (
    <div role="status" aria-live="assertive">
      {words && (
        <div className={classes.banner}>
          <IconPlugConnectedX size={18} aria-hidden />
          <span>
            <strong>{words.what}</strong> {words.wayOut}
          </span>
        </div>
      )}
    </div>
  );
}
