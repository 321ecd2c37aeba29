interface WithId {
  readonly id: string;
}

/** The list with `item` in place of the one of its id, or added where none has it. */
export function upsert<T extends WithId>(list: T[], item: T, place: 'first' | 'last'): T[] {
  const index = list.findIndex((other) => other.id === item.id);
  if (index >= 0) return list.with(index, item);
  return place === 'first' ? [item, ...list] : [...list, item];
}

export function without<T extends WithId>(list: T[], id: string): T[] {
  return list.filter((item) => item.id !== id);
}

/** Groups in order of first appearance. */
export function groupBy<T, K>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}
