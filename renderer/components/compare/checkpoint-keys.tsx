import type { Checkpoint } from '../../../electron/contract/checkpoints.ts';
import { Marker } from '../charts/markers.tsx';
import classes from './compare.module.css';

/** Which mark is which checkpoint. */
export function CheckpointKeys({
  checkpoints,
}: {
  readonly checkpoints: readonly Checkpoint[];
}): React.JSX.Element {
  return (
    <div className={classes.keys}>
      {checkpoints.map((checkpoint, index) => (
        <span key={checkpoint.id}>
          <Marker index={index} />
          {checkpoint.name}
        </span>
      ))}
    </div>
  );
}
