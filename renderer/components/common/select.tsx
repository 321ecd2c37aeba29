import { Select as MantineSelect, type SelectProps } from '@mantine/core';
import { useState } from 'react';

type Props = Omit<SelectProps, 'onFocus'>;

const NOTHING = [] as const;

/** A select whose list of options is made when it is first gone to: drawing and placing one takes longer than the rest of it. */
export function Select({ comboboxProps, data = NOTHING, ...props }: Props): React.JSX.Element {
  const [met, setMet] = useState(false);
  // A field that shows nothing has no use for its options until then.
  const needed = met || props.value !== null;
  return (
    <MantineSelect
      {...props}
      data={needed ? data : NOTHING}
      comboboxProps={{ ...comboboxProps, keepMounted: met }}
      onFocus={() => setMet(true)}
    />
  );
}
