-- Runs: where they come from, what users note on them, and removal that can be taken back until it is purged.
ALTER TABLE runs ADD COLUMN origin TEXT NOT NULL DEFAULT 'trained' CHECK (origin IN ('trained', 'imported'));
ALTER TABLE runs ADD COLUMN notes TEXT NOT NULL DEFAULT '';
ALTER TABLE runs ADD COLUMN starred INTEGER NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN archived_at_ms INTEGER;
ALTER TABLE runs ADD COLUMN removed_at_ms INTEGER;
ALTER TABLE checkpoints ADD COLUMN removed_at_ms INTEGER;
ALTER TABLE corpora ADD COLUMN removed_at_ms INTEGER;

CREATE TABLE run_tags (
  run_key INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  tag TEXT NOT NULL,
  PRIMARY KEY (run_key, tag)
) STRICT, WITHOUT ROWID;

-- Runs that one plan of settings and seeds made.
CREATE TABLE sweeps (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL,
  plan TEXT NOT NULL -- JSON: axes, seeds, and what the runs share
) STRICT, WITHOUT ROWID;
ALTER TABLE runs ADD COLUMN sweep_id TEXT REFERENCES sweeps ON DELETE SET NULL;
CREATE INDEX runs_by_sweep ON runs (sweep_id) WHERE sweep_id IS NOT NULL;

-- The checkpoint of another run that a run goes on from, with its optimizer and step.
ALTER TABLE runs ADD COLUMN fork_checkpoint_id TEXT REFERENCES checkpoints ON DELETE SET NULL;
ALTER TABLE runs ADD COLUMN fork_step INTEGER;
ALTER TABLE runs ADD COLUMN fork_name TEXT; -- of the checkpoint, as it was then
CREATE INDEX runs_by_fork ON runs (fork_checkpoint_id) WHERE fork_checkpoint_id IS NOT NULL;
-- The run whose record it repeats exactly.
ALTER TABLE runs ADD COLUMN again_of TEXT;

-- What a page shows, under a name: a path with its query.
CREATE TABLE views (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  path TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- All that comparing needs of an item: its texts are read for the shown page only.
CREATE INDEX evaluation_items_columns ON evaluation_items (
  evaluation_key, item_key, sample_index, document_key, tier, mask_fraction, truncated, score, thinking_length, scores
);
DROP INDEX evaluation_items_lean;
