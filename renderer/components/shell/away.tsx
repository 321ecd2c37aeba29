import { useCallback } from 'react';
import { useNavigate } from 'react-router';
import { useAway } from '../../data/away.ts';

/** Says what ended while no page was open. */
export function Away(): null {
  const navigate = useNavigate();
  useAway(useCallback((to: string) => void navigate(to), [navigate]));
  return null;
}
