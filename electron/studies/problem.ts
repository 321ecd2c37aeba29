/** Something wrong with a study, and where in its file. */
export interface Problem {
  readonly path: readonly PropertyKey[];
  /** A sentence that goes on after the place: “names no run.” */
  readonly message: string;
  readonly wayOut?: string;
}
