const DIGITS = 7;
/** Powers of ten up to here are exact. */
const EXACT_POWER = 22;

/** Rounded to seven digits: more than any screen can show, in half the bytes of text. By arithmetic, as charts have many. */
export function sevenDigits(value: number): number {
  if (value === 0 || !Number.isFinite(value)) return value;
  const below = DIGITS - 1 - Math.floor(Math.log10(Math.abs(value)));
  if (below >= 0 && below <= EXACT_POWER) {
    const power = 10 ** below;
    return Math.round(value * power) / power;
  }
  return Number(value.toPrecision(DIGITS));
}
