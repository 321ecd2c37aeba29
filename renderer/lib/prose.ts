interface Part {
  /** Where it starts in the sentence. */
  readonly at: number;
  readonly text: string;
  readonly code: boolean;
}

/** A sentence in parts, those in backticks marked as code; a full stop is added where none closes it. */
export function markCode(sentence: string): Part[] {
  const text = sentence.trim();
  const closed = text === '' || /[.!?:…]$/.test(text) ? text : `${text}.`;
  const parts: Part[] = [];
  let end = 0;
  for (const match of closed.matchAll(/`([^`]+)`/g)) {
    parts.push({ at: end, text: closed.slice(end, match.index), code: false });
    parts.push({ at: match.index, text: match[1] ?? '', code: true });
    end = match.index + match[0].length;
  }
  parts.push({ at: end, text: closed.slice(end), code: false });
  return parts.filter((part) => part.text !== '');
}
