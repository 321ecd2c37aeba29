import type { StudyFigure as Shown } from '../../../electron/contract/studies.ts';
import { CurveFigure } from './curve-figure.tsx';
import { FitFigure } from './fit-figure.tsx';
import { ScatterFigure } from './scatter-figure.tsx';
import { SensitivityFigure } from './sensitivity-figure.tsx';

export function StudyFigure({ figure }: { readonly figure: Shown }): React.JSX.Element {
  switch (figure.kind) {
    case 'curve':
      return <CurveFigure figure={figure} />;
    case 'fit':
      return <FitFigure figure={figure} />;
    case 'scatter':
      return <ScatterFigure figure={figure} />;
    case 'sensitivity':
      return <SensitivityFigure figure={figure} />;
    default:
      return figure satisfies never;
  }
}
