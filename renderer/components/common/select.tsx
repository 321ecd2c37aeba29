import { Select as MantineSelect, type SelectProps } from '@mantine/core';
import { useState } from 'react';

/** A select whose list of options is made when it is first gone to: drawing and placing one takes longer than the rest of it. */
export function Select({ comboboxProps, ...props }: Omit<SelectProps, 'onFocus'>): React.JSX.Element {
  const [met, setMet] = useState(false);
  return (
    <MantineSelect
      {...props}
      comboboxProps={{ ...comboboxProps, keepMounted: met }}
      onFocus={() => setMet(true)}
    />
  );
}
