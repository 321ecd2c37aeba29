/**
 * A set of SHA-256 digests that remembers the first 128 bits of each in typed arrays: 20 to 30 bytes a key, where a Set
 * of strings takes over 100. Two different texts among 10^10 collide with probability 10^-19. The keys lie in many small
 * tables that grow one by one, so that no large table is ever there twice.
 */
export interface KeySet {
  /** Adds a digest; false if it was there already. */
  add(digest: Buffer): boolean;
  readonly size: number;
}

const TABLES = 256;
const FIRST_CAPACITY = 32;
const GROWTH = 1.5;
const MAX_LOAD = 0.8;
/** 32-bit words of a key. */
const WORDS = 4;

interface Table {
  keys: Uint32Array;
  capacity: number;
  size: number;
}

export function keySet(): KeySet {
  const tables = Array.from({ length: TABLES }, () => tableOf(FIRST_CAPACITY));
  let size = 0;
  return {
    add(digest) {
      const a = digest.readUInt32LE(0);
      const b = digest.readUInt32LE(4);
      const c = digest.readUInt32LE(8);
      const d = digest.readUInt32LE(12);
      const table = tables[d % TABLES]!;
      const place = placeOf(table, a, b, c, d);
      if (place >= 0) return false;
      put(table, -1 - place, a, b, c, d);
      size++;
      if (table.size > table.capacity * MAX_LOAD) grow(table);
      return true;
    },
    get size() {
      return size;
    },
  };
}

const tableOf = (capacity: number): Table => ({
  keys: new Uint32Array(WORDS * capacity),
  capacity,
  size: 0,
});

/** The zero key marks free places; no digest is all zeros. */
const isFree = (keys: Uint32Array, at: number): boolean =>
  keys[at] === 0 && keys[at + 1] === 0 && keys[at + 2] === 0 && keys[at + 3] === 0;

/** Where the key is, or, as −1 − place, the free place it belongs. */
function placeOf({ keys, capacity }: Table, a: number, b: number, c: number, d: number): number {
  for (let place = Math.floor(a * (capacity / 2 ** 32)); ; place = place + 1 === capacity ? 0 : place + 1) {
    const at = WORDS * place;
    if (keys[at] === a && keys[at + 1] === b && keys[at + 2] === c && keys[at + 3] === d) return place;
    if (isFree(keys, at)) return -1 - place;
  }
}

function put(table: Table, place: number, a: number, b: number, c: number, d: number): void {
  const { keys } = table;
  const at = WORDS * place;
  keys[at] = a;
  keys[at + 1] = b;
  keys[at + 2] = c;
  keys[at + 3] = d;
  table.size++;
}

function grow(table: Table): void {
  const old = table.keys;
  Object.assign(table, tableOf(Math.ceil(table.capacity * GROWTH)));
  for (let i = 0; i < old.length; i += WORDS) {
    if (isFree(old, i)) continue;
    const a = old[i]!;
    const b = old[i + 1]!;
    const c = old[i + 2]!;
    const d = old[i + 3]!;
    put(table, -1 - placeOf(table, a, b, c, d), a, b, c, d);
  }
}
