/** Shapes that several parts of the contract share, and the two kinds of contract entries. */
import { z } from 'zod';

export const id = z.string().min(1).max(64);
/** Milliseconds since 1970, UTC. */
export const milliseconds = z.number();
export const page = {
  offset: z.number().int().nonnegative().default(0),
  limit: z.number().int().min(1).max(1000).default(50),
};

/** A mean with its 95% interval and the number of items behind it. */
export const interval = z.object({ mean: z.number(), low: z.number(), high: z.number(), n: z.number() });
export type Interval = z.infer<typeof interval>;

/** An expected failure: what happened and what to do next. */
export const appError = z.object({
  name: z.string(),
  message: z.string(),
  wayOut: z.string(),
  /** Settings the error is about, for the form to mark. */
  settings: z.array(z.string()).optional(),
});
export type AppErrorMessage = z.infer<typeof appError>;

/** How a host answers a call. */
export const answer = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), value: z.unknown() }),
  z.object({ ok: z.literal(false), error: appError }),
]);

export interface Entry<K extends 'query' | 'command', I extends z.ZodType, O extends z.ZodType> {
  readonly kind: K;
  readonly input: I;
  readonly output: O;
}

/** Reads; never changes anything. */
export function query<I extends z.ZodType, O extends z.ZodType>(input: I, output: O): Entry<'query', I, O> {
  return { kind: 'query', input, output };
}

/** Changes the workspace. */
export function command<I extends z.ZodType, O extends z.ZodType>(
  input: I,
  output: O,
): Entry<'command', I, O> {
  return { kind: 'command', input, output };
}
