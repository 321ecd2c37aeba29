import { FileProblem } from './problems.ts';

const NEWLINE = 0x0a;
const RETURN = 0x0d;
/** No text that a person wrote has longer lines; memory stays bounded. */
export const MAX_RECORD_BYTES = 64 * 2 ** 20;

/**
 * Cuts a stream of bytes into lines, without their ends (\n or \r\n). `line` counts from 1.
 * @throws FileProblem RecordTooLong
 */
export function lineSplitter(onLine: (bytes: Buffer, line: number) => void): {
  push: (chunk: Buffer) => void;
  end: () => void;
} {
  let carried: Buffer[] = [];
  let carriedBytes = 0;
  let line = 0;

  const give = (bytes: Buffer): void => {
    line++;
    onLine(bytes.at(-1) === RETURN ? bytes.subarray(0, -1) : bytes, line);
  };
  const takeCarried = (last: Buffer): Buffer => {
    if (carriedBytes === 0) return last;
    const whole = Buffer.concat([...carried, last]);
    carried = [];
    carriedBytes = 0;
    return whole;
  };

  return {
    push(chunk) {
      let from = 0;
      for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, from)) {
        give(takeCarried(chunk.subarray(from, at)));
        from = at + 1;
      }
      if (from === chunk.length) return;
      carried.push(chunk.subarray(from));
      carriedBytes += chunk.length - from;
      if (carriedBytes > MAX_RECORD_BYTES) {
        throw new FileProblem('RecordTooLong', 'the line is longer than 64 MiB', line + 1);
      }
    },
    end() {
      if (carriedBytes > 0) give(takeCarried(Buffer.alloc(0)));
    },
  };
}
