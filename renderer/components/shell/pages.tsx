import { type ContextType, use, useEffect, useRef, useState } from 'react';
import { UNSAFE_LocationContext as LocationContext, useOutlet } from 'react-router';
import { PageShown } from '../../data/page-shown.ts';
import { inTurn } from '../../lib/turns.ts';
import classes from './shell.module.css';

/** Pages whose drawing takes long. The last one stays as it was left, pixels and all, while another is looked at. */
const KEPT: ReadonlySet<string> = new Set(['/charts']);

type Place = ContextType<typeof LocationContext>;

interface Kept {
  /** What the page takes its address from; it must not follow the window's while it is away. */
  readonly place: Place;
  readonly outlet: React.ReactNode;
}

const addressOf = ({ location }: Place): string => location.pathname + location.search;

/** The page of the address. */
export function Pages(): React.JSX.Element {
  const outlet = useOutlet();
  const place = use(LocationContext);
  const [kept, setKept] = useState<Kept | null>(null);
  const [asleep, setAsleep] = useState(false);
  const [visit, setVisit] = useState(0);
  const box = useRef<HTMLDivElement>(null);
  const isBack = KEPT.has(place.location.pathname);
  if (isBack && (kept === null || addressOf(kept.place) !== addressOf(place))) {
    setKept({ place, outlet });
    if (asleep) {
      // Another address than the one it was left at: it begins anew, at its top.
      setAsleep(false);
      setVisit(visit + 1);
    }
  }
  // What is seen changes at once; what listens behind it is woken, or sent to sleep, in a task of its own.
  useEffect(() => inTurn(() => setAsleep(!isBack)), [isBack]);
  useEffect(() => (asleep && box.current ? withoutFocus(box.current) : undefined), [asleep]);
  return (
    <>
      {!isBack && outlet}
      {kept && (
        <div
          key={visit}
          ref={box}
          className={classes.kept}
          {...(isBack ? {} : { 'data-away': true, 'aria-hidden': true })}
        >
          <LocationContext value={kept.place}>
            <PageShown value={!asleep}>{kept.outlet}</PageShown>
          </LocationContext>
        </div>
      )}
    </>
  );
}

const FOCUSABLE = 'a[href], button, input, select, textarea, [tabindex]';

/**
 * Takes everything in there out of the keyboard's reach. `inert` would do so too, but has all of it painted anew, twice.
 * @returns undoes it
 */
function withoutFocus(root: HTMLElement): () => void {
  const before = [...root.querySelectorAll<HTMLElement>(FOCUSABLE)].map(
    (element) => [element, element.getAttribute('tabindex')] as const,
  );
  for (const [element] of before) element.tabIndex = -1;
  return () => {
    for (const [element, index] of before) {
      if (index === null) element.removeAttribute('tabindex');
      else element.setAttribute('tabindex', index);
    }
  };
}
