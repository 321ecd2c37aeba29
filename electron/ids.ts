import { randomBytes } from 'node:crypto';

/** Crockford's base 32: no letter looks like another or like a digit. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const LENGTH = 10;

/** A new identifier: 50 random bits, short enough to type. */
export function newId(): string {
  return Array.from(randomBytes(LENGTH), (byte) => ALPHABET[byte % ALPHABET.length]!).join('');
}
