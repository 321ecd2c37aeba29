/** TFRecord files: records of (length, its masked CRC-32C, bytes, their masked CRC-32C), little-endian. */
import { maskedCrc32c } from './crc32c.ts';

const HEAD = 12;
const FOOT = 4;

export function encodeRecord(data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(HEAD + data.length + FOOT);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, maskedCrc32c(bytes.subarray(0, 8)), true);
  bytes.set(data, HEAD);
  view.setUint32(HEAD + data.length, maskedCrc32c(data), true);
  return bytes;
}

export interface Records {
  readonly records: readonly Uint8Array[];
  /** Why reading ended before the file did; null at its end. A file that is still written may end in the middle. */
  readonly problem: string | null;
}

/** All whole records from the start. */
export function decodeRecords(bytes: Uint8Array): Records {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const records: Uint8Array[] = [];
  let at = 0;
  while (at < bytes.length) {
    const rest = bytes.length - at;
    const stop = (problem: string): Records => ({ records, problem: `${problem} at byte ${at}` });
    if (rest < HEAD) return stop('the file ends inside a record');
    if (view.getUint32(at + 8, true) !== maskedCrc32c(bytes.subarray(at, at + 8))) {
      return stop('the length of a record does not fit its checksum');
    }
    const length = Number(view.getBigUint64(at, true));
    if (rest < HEAD + length + FOOT) return stop('the file ends inside a record');
    const data = bytes.subarray(at + HEAD, at + HEAD + length);
    if (view.getUint32(at + HEAD + length, true) !== maskedCrc32c(data)) {
      return stop('a record does not fit its checksum');
    }
    records.push(data);
    at += HEAD + length + FOOT;
  }
  return { records, problem: null };
}
