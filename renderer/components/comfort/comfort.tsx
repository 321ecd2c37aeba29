import { useCallback, useEffect, useMemo, useState } from 'react';
import { useNavigate } from 'react-router';
import type { PaletteAct } from '../../lib/palette.ts';
import { keySequence } from '../../lib/shortcuts.ts';
import { KeysSheet } from './keys-sheet.tsx';
import { Palette } from './palette.tsx';
import { Tour } from './tour.tsx';
import { useTour } from './use-tour.ts';

/** Someone types, or a dialog has the keyboard. */
function isTaken({ target }: KeyboardEvent): boolean {
  if (document.querySelector('[role="dialog"][aria-modal="true"]')) return true;
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.closest('input, textarea, select, [role="menu"]') !== null)
  );
}

/** Palette, keys and tour: there on every page. */
export function Comfort(): React.JSX.Element {
  const [shown, setShown] = useState<'palette' | 'keys' | null>(null);
  const navigate = useNavigate();
  const tour = useTour();
  const follow = useMemo(keySequence, []);
  const close = useCallback(() => setShown(null), []);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        setShown((before) => (before === 'palette' ? null : 'palette'));
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey || isTaken(event)) return;
      if (event.key === '?') setShown('keys');
      const found = follow(event.key, event.timeStamp);
      if (!found) return;
      // The page's own keys must not act on the second one.
      event.preventDefault();
      event.stopPropagation();
      void navigate(found.to);
    };
    window.addEventListener('keydown', onKey, { capture: true });
    return () => window.removeEventListener('keydown', onKey, { capture: true });
  }, [follow, navigate]);
  const onAct = (act: PaletteAct): void => {
    if (act === 'keys') setShown('keys');
    if (act === 'tour') {
      tour.start();
      void navigate('/');
    }
  };
  return (
    <>
      <Palette opened={shown === 'palette'} onClose={close} onAct={onAct} />
      <KeysSheet opened={shown === 'keys'} onClose={close} />
      <Tour />
    </>
  );
}
