/** What happened while no page was open. */
import { useEffect } from 'react';
import { call } from '../api.ts';
import { formatPlural } from '../lib/format.ts';
import { showAway } from './announce.tsx';

const KEY = 'midtrain-last-seen';

/** Says once, on opening, which runs ended since a page last looked. @param open goes to an address */
export function useAway(open: (to: string) => void): void {
  useEffect(() => {
    const note = (): void => window.localStorage.setItem(KEY, String(Date.now()));
    const sinceMs = Number(window.localStorage.getItem(KEY));
    note();
    if (sinceMs > 0) {
      call('notifications.list', { sinceMs })
        .then((ended) => {
          const [newest] = ended;
          if (!newest) return;
          const failed = ended.filter(({ level }) => level === 'error').length;
          const failures = failed > 0 ? `, ${formatPlural(failed, 'of them failed', 'of them failed')}` : '';
          const title =
            ended.length === 1
              ? `${newest.title} while you were away`
              : `${formatPlural(ended.length, 'run')} ended while you were away${failures}`;
          showAway(
            title,
            ended.length === 1
              ? newest.text
              : ended
                  .map((one) => one.title)
                  .slice(0, 5)
                  .join('; '),
            () => open(ended.length === 1 ? `/runs/${newest.runId}` : '/runs'),
          );
        })
        // Nobody waits for it; the page itself says where the host is gone.
        .catch((error: unknown) => console.warn('What happened meanwhile could not be asked.', error));
    }
    const timer = setInterval(note, 30_000);
    window.addEventListener('pagehide', note);
    return () => {
      clearInterval(timer);
      window.removeEventListener('pagehide', note);
    };
  }, [open]);
}
