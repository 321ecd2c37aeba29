const SUBSCRIPTS = '₀₁₂₃₄₅₆₇₈₉';

/** A paper's symbol with its index set low: `B_min`, `p₁`, `ε_high`. */
export function PaperSymbol({ text }: { readonly text: string }): React.JSX.Element {
  const [base, index] = split(text);
  return (
    <span className="nowrap" style={{ fontStyle: 'italic' }}>
      {base}
      {index && <sub style={{ fontStyle: 'normal', lineHeight: 0 }}>{index}</sub>}
    </span>
  );
}

function split(text: string): [string, string | null] {
  const [base = text, index] = text.split('_');
  if (index !== undefined) return [base, index];
  const digits = [...text].filter((c) => SUBSCRIPTS.includes(c)).map((c) => SUBSCRIPTS.indexOf(c));
  if (digits.length === 0) return [text, null];
  return [[...text].filter((c) => !SUBSCRIPTS.includes(c)).join(''), digits.join('')];
}
