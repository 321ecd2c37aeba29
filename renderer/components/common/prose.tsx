import { Fragment } from 'react';
import { markCode } from '../../lib/prose.ts';

/** A sentence from the host: `code` in backticks is set as code, and a full stop closes it. */
export function Prose({ text }: { readonly text: string }): React.JSX.Element {
  return (
    <>
      {markCode(text).map(({ at, text: part, code }) =>
        code ? <code key={at}>{part}</code> : <Fragment key={at}>{part}</Fragment>,
      )}
    </>
  );
}
