import { createContext, use, useEffect, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { usePageShown } from '../../data/page-shown.ts';
import { inTurn } from '../../lib/turns.ts';

interface Props {
  /** Pixels the content takes, so that the page does not jump. */
  readonly height: number;
  readonly children: React.ReactNode;
}

/** Drawn a little before they come into sight. */
const MARGIN = '300px';

/** Whether something around this is in sight already. */
const Seen = createContext(false);

/** Draws its content only while it is in or near the window: a page of many charts costs what is seen of it. */
export function WhenSeen({ height, children }: Props): React.JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const around = use(Seen);
  const [seen, setSeen] = useState(false);
  const shown = usePageShown();
  useEffect(() => {
    // What was in sight when its page was left is so when it comes back.
    if (around || !shown || !box.current) return;
    let cancel = (): void => undefined;
    const observer = new IntersectionObserver(
      (entries) => {
        const near = entries.at(-1)?.isIntersecting ?? false;
        cancel();
        cancel = inTurn(() => setSeen(near));
      },
      { rootMargin: MARGIN, scrollMargin: MARGIN },
    );
    observer.observe(box.current);
    // On paper everything is in sight.
    const show = (): void => flushSync(() => setSeen(true));
    window.addEventListener('beforeprint', show);
    return () => {
      cancel();
      observer.disconnect();
      window.removeEventListener('beforeprint', show);
    };
  }, [around, shown]);
  return (
    <div ref={box} style={{ minHeight: height }}>
      {(around || seen) && <Seen value>{children}</Seen>}
    </div>
  );
}
