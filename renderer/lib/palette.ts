/** What the command palette offers, and which of it fits what was typed. Pure. */

export interface PaletteItem {
  readonly id: string;
  readonly group: 'Places' | 'Actions' | 'Runs' | 'Corpora' | 'Checkpoints' | 'Saved views';
  readonly label: string;
  readonly detail?: string | undefined;
  /** Found by these too. */
  readonly keywords?: string | undefined;
  readonly target:
    | { readonly kind: 'address'; readonly to: string }
    | { readonly kind: 'act'; readonly name: PaletteAct };
}

export type PaletteAct = 'keys' | 'tour' | 'light' | 'dark' | 'auto';

/** How well one word fits; 0 does not. The start of the label counts most, then the start of one of its words. */
function scoreOf(item: PaletteItem, word: string): number {
  const label = item.label.toLowerCase();
  if (label === word) return 5;
  if (label.startsWith(word)) return 4;
  if (label.split(/[\s:/(]+/).some((part) => part.startsWith(word))) return 3;
  if (label.includes(word)) return 2;
  return `${item.detail ?? ''} ${item.keywords ?? ''}`.toLowerCase().includes(word) ? 1 : 0;
}

/** Items that every word fits, the best first; without words, those of the first groups. */
export function fittingItems(items: readonly PaletteItem[], text: string, most: number): PaletteItem[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return items
    .map((item) => {
      const fits = words.map((word) => scoreOf(item, word));
      return { item, score: fits.includes(0) ? -1 : fits.reduce((sum, one) => sum + one, 0) };
    })
    .filter(({ score }) => score >= 0)
    .sort((a, b) => b.score - a.score)
    .slice(0, most)
    .map(({ item }) => item);
}
