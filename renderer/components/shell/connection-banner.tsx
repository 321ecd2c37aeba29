import { IconPlugConnectedX } from '@tabler/icons-react';
import type { ConnectionState } from '../../api.ts';
import classes from './shell.module.css';

/** Says that the host is gone and that the page waits for it; nothing on screen changes until it is back. */
export function ConnectionBanner({ state }: { readonly state: ConnectionState }): React.JSX.Element {
  return (
    <div role="status" aria-live="assertive">
      {state === 'lost' && (
        <div className={classes.banner}>
          <IconPlugConnectedX size={18} aria-hidden />
          <span>
            <strong>The application does not answer.</strong> What you see may be old. Start it again where it
            was started; this page reconnects by itself.
          </span>
        </div>
      )}
    </div>
  );
}
