import { useLocalStorage } from '@mantine/hooks';
import { useCallback } from 'react';

/** The step of the tour, kept through reloads; null while nobody takes it. */
export function useTour(): {
  readonly step: number | null;
  readonly start: () => void;
  readonly go: (step: number | null) => void;
} {
  const [step, setStep] = useLocalStorage<number | null>({
    key: 'midtrain-tour',
    defaultValue: null,
    getInitialValueInEffect: false,
  });
  const start = useCallback(() => setStep(0), [setStep]);
  return { step, start, go: setStep };
}
