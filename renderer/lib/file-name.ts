/** A name for a file from words: small letters, digits and hyphens. */
export function fileName(words: string, ending: string): string {
  const stem = words
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 80);
  return `${stem || 'chart'}.${ending}`;
}
