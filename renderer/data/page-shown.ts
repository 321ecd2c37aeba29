/** Whether the page around is the one looked at. A page that is kept while another is shown neither asks nor is told anything. */
import { createContext, use } from 'react';

export const PageShown = createContext(true);

export function usePageShown(): boolean {
  return use(PageShown);
}
