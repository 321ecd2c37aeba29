import { type ContextType, use, useState } from 'react';
import { UNSAFE_LocationContext as LocationContext, useOutlet } from 'react-router';
import { PageShown } from '../../data/page-shown.ts';
import classes from './shell.module.css';

/** Pages whose drawing takes long. The last one stays as it was left while another is looked at. */
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
  const isBack = KEPT.has(place.location.pathname);
  if (isBack && (kept === null || addressOf(kept.place) !== addressOf(place))) setKept({ place, outlet });
  return (
    <>
      {kept && (
        <div className={classes.kept} data-away={isBack ? undefined : true}>
          <LocationContext value={kept.place}>
            <PageShown value={isBack}>{kept.outlet}</PageShown>
          </LocationContext>
        </div>
      )}
      {!isBack && outlet}
    </>
  );
}
