const MAX_BYTES = 64 * 1024;

/** Keeps the end of a stream of output: at most 64 KiB, from the start of a line. */
export function lineRing(): { push: (data: Buffer) => void; text: () => string } {
  let kept: Buffer[] = [];
  let bytes = 0;
  return {
    push(data) {
      kept.push(data);
      bytes += data.length;
      if (bytes <= 2 * MAX_BYTES) return;
      const end = Buffer.concat(kept).subarray(-MAX_BYTES);
      kept = [end];
      bytes = end.length;
    },
    text() {
      const all = Buffer.concat(kept);
      if (all.length <= MAX_BYTES) return all.toString('utf8');
      const end = all.subarray(-MAX_BYTES);
      return end.subarray(end.indexOf(0x0a) + 1).toString('utf8');
    },
  };
}
