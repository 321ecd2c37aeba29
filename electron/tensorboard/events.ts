/**
 * TensorBoard's events as far as scalars go: tensorflow/core/util/event.proto, framework/summary.proto and tensor.proto.
 * Their wire format is small enough to be read and written here.
 */

export interface ScalarEvent {
  /** Seconds since 1970. */
  readonly wallTime: number;
  readonly step: number;
  readonly values: readonly { readonly tag: string; readonly value: number }[];
}

const VARINT = 0;
const FIXED64 = 1;
const LENGTH = 2;
const FIXED32 = 5;

const utf8 = new TextEncoder();
const text = new TextDecoder();

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  do {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    bytes.push(rest > 0n ? low | 0x80 : low);
  } while (rest > 0n);
  return bytes;
}

const key = (field: number, wire: number): number[] => varint(field * 8 + wire);

function fixed(field: number, value: number, wire: typeof FIXED64 | typeof FIXED32): number[] {
  const bytes = new Uint8Array(wire === FIXED64 ? 8 : 4);
  const view = new DataView(bytes.buffer);
  if (wire === FIXED64) view.setFloat64(0, value, true);
  else view.setFloat32(0, value, true);
  return [...key(field, wire), ...bytes];
}

const bytesField = (field: number, data: ArrayLike<number>): number[] => [
  ...key(field, LENGTH),
  ...varint(data.length),
  ...Array.from(data),
];

/** The first event of a file. */
export function encodeVersion(wallTime: number): Uint8Array {
  return Uint8Array.from([...fixed(1, wallTime, FIXED64), ...bytesField(3, utf8.encode('brain.Event:2'))]);
}

/** Values as 32-bit floats, as TensorBoard's own writers store scalars. */
export function encodeScalars({ wallTime, step, values }: ScalarEvent): Uint8Array {
  const summary = values.flatMap(({ tag, value }) =>
    bytesField(1, [...bytesField(1, utf8.encode(tag)), ...fixed(2, value, FIXED32)]),
  );
  return Uint8Array.from([
    ...fixed(1, wallTime, FIXED64),
    ...key(2, VARINT),
    ...varint(step),
    ...bytesField(5, summary),
  ]);
}

/** One field of a message: a number, or bytes. */
interface Field {
  readonly field: number;
  readonly wire: number;
  readonly number: number;
  readonly bytes: Uint8Array;
}

const NONE: Uint8Array = new Uint8Array();

/** @throws RangeError where the bytes end inside a field, or are of another kind */
function* fieldsOf(bytes: Uint8Array): Generator<Field> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const readVarint = (): number => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = view.getUint8(at++);
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return Number(BigInt.asIntN(64, value));
      if (shift > 63n) throw new RangeError('a number of more than 64 bits');
    }
  };
  while (at < bytes.length) {
    const start = readVarint();
    const [field, wire] = [Math.floor(start / 8), start % 8];
    switch (wire) {
      case VARINT:
        yield { field, wire, number: readVarint(), bytes: NONE };
        break;
      case FIXED64:
        yield { field, wire, number: view.getFloat64(at, true), bytes: bytes.subarray(at, at + 8) };
        at += 8;
        break;
      case LENGTH: {
        const length = readVarint();
        if (length < 0 || at + length > bytes.length) throw new RangeError('a field longer than its message');
        yield { field, wire, number: Number.NaN, bytes: bytes.subarray(at, at + length) };
        at += length;
        break;
      }
      case FIXED32:
        yield { field, wire, number: view.getFloat32(at, true), bytes: bytes.subarray(at, at + 4) };
        at += 4;
        break;
      default:
        throw new RangeError(`an unknown kind of field (${wire})`);
    }
  }
}

/** The scalars of an event; null for one that holds none. @throws RangeError for bytes that are no event */
export function decodeEvent(bytes: Uint8Array): ScalarEvent | null {
  let wallTime = 0;
  let step = 0;
  const values: { tag: string; value: number }[] = [];
  for (const one of fieldsOf(bytes)) {
    if (one.field === 1 && one.wire === FIXED64) wallTime = one.number;
    else if (one.field === 2 && one.wire === VARINT) step = one.number;
    else if (one.field === 5 && one.wire === LENGTH) {
      for (const part of fieldsOf(one.bytes)) {
        if (part.field !== 1 || part.wire !== LENGTH) continue;
        const value = decodeValue(part.bytes);
        if (value) values.push(value);
      }
    }
  }
  return values.length === 0 ? null : { wallTime, step, values };
}

function decodeValue(bytes: Uint8Array): { tag: string; value: number } | null {
  let tag = '';
  let value: number | null = null;
  for (const one of fieldsOf(bytes)) {
    if (one.field === 1 && one.wire === LENGTH) tag = text.decode(one.bytes);
    else if (one.field === 2 && one.wire === FIXED32) value = one.number;
    else if (one.field === 8 && one.wire === LENGTH) value ??= decodeTensor(one.bytes);
  }
  return value === null ? null : { tag, value };
}

const DT_FLOAT = 1;
const DT_DOUBLE = 2;

/** A tensor of one number, as newer writers store scalars; null for any other. */
function decodeTensor(bytes: Uint8Array): number | null {
  let type = 0;
  let content = NONE;
  const floats: number[] = [];
  let elements = 1;
  for (const one of fieldsOf(bytes)) {
    if (one.field === 1 && one.wire === VARINT) type = one.number;
    else if (one.field === 2 && one.wire === LENGTH) elements = elementsOf(one.bytes);
    else if (one.field === 4 && one.wire === LENGTH) content = one.bytes;
    else if (one.field === 5 || one.field === 6) {
      if (one.wire === LENGTH) content = one.bytes;
      else floats.push(one.number);
    }
  }
  if (elements !== 1 || (type !== DT_FLOAT && type !== DT_DOUBLE)) return null;
  if (floats.length === 1) return floats[0]!;
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  if (type === DT_FLOAT && content.length === 4) return view.getFloat32(0, true);
  return type === DT_DOUBLE && content.length === 8 ? view.getFloat64(0, true) : null;
}

/** How many numbers a shape holds: the product of its dimensions. */
function elementsOf(shape: Uint8Array): number {
  let elements = 1;
  for (const dimension of fieldsOf(shape)) {
    if (dimension.field !== 2 || dimension.wire !== LENGTH) continue;
    for (const size of fieldsOf(dimension.bytes)) if (size.field === 1) elements *= size.number;
  }
  return elements;
}
