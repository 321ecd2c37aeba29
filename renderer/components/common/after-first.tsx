import { useAfterFirst } from '../../data/use-turns.ts';

interface Props {
  readonly children: React.ReactNode;
  /** Keeps its place until then. */
  readonly fallback?: React.ReactNode;
  /** Once what came first is on screen, instead of once there is nothing else to do. */
  readonly soon?: boolean;
}

/** What is looked at second: it comes once what the page is about had its turn. */
export function AfterFirst({ children, fallback = null, soon = false }: Props): React.ReactNode {
  return useAfterFirst(soon) ? children : fallback;
}
