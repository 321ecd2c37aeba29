import { useOwnTurn } from '../../data/use-turns.ts';

/** What is out of sight at first: drawn in a task of its own, after what is in sight. */
export function Later({ children }: { readonly children: React.ReactNode }): React.ReactNode {
  return useOwnTurn() ? children : null;
}
