import { useOwnTurn } from '../../data/use-turns.ts';

interface Props {
  readonly children: React.ReactNode;
  /** In its place until then. */
  readonly fallback?: React.ReactNode;
}

/** What would hold the window up together with what is around it: drawn in a task of its own, after that. */
export function Later({ children, fallback = null }: Props): React.ReactNode {
  return useOwnTurn() ? children : fallback;
}
