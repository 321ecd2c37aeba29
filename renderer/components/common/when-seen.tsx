import { useEffect, useRef, useState } from 'react';
import { flushSync } from 'react-dom';

interface Props {
  /** Pixels the content takes, so that the page does not jump. */
  readonly height: number;
  readonly children: React.ReactNode;
}

/** Drawn a little before they come into sight. */
const MARGIN = '300px';

/** Draws its content only while it is in or near the window: a page of many charts costs what is seen of it. */
export function WhenSeen({ height, children }: Props): React.JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const [seen, setSeen] = useState(false);
  useEffect(() => {
    if (!box.current) return;
    const observer = new IntersectionObserver(([entry]) => setSeen(entry?.isIntersecting ?? false), {
      rootMargin: MARGIN,
    });
    observer.observe(box.current);
    // On paper everything is in sight.
    const show = (): void => flushSync(() => setSeen(true));
    window.addEventListener('beforeprint', show);
    return () => {
      observer.disconnect();
      window.removeEventListener('beforeprint', show);
    };
  }, []);
  return (
    <div ref={box} style={{ minHeight: height }}>
      {seen && children}
    </div>
  );
}
