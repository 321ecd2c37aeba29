-- Studies: declared graphs of runs. Nodes, tables and verdicts follow from the file; what is kept is which run did
-- which node.
CREATE TABLE studies (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL, -- as its file says
  source TEXT NOT NULL, -- the file
  quick INTEGER NOT NULL,
  seeds TEXT, -- JSON: in place of the file's; null takes those
  state TEXT NOT NULL CHECK (state IN ('running', 'stopping', 'stopped', 'interrupted', 'finished', 'failed')),
  reason TEXT,
  inputs TEXT NOT NULL DEFAULT '{}', -- JSON: corpora and checkpoints the file's names stand for
  created_at_ms INTEGER NOT NULL,
  ended_at_ms INTEGER,
  duration_ms INTEGER NOT NULL DEFAULT 0 -- at work, over all stretches
) STRICT, WITHOUT ROWID;
CREATE INDEX studies_by_name ON studies (name, created_at_ms);

CREATE TABLE study_nodes (
  study_id TEXT NOT NULL REFERENCES studies ON DELETE CASCADE,
  node_id TEXT NOT NULL,
  run_id TEXT REFERENCES runs (id) ON DELETE SET NULL,
  hash TEXT NOT NULL, -- of all that decides the run's result
  reused INTEGER NOT NULL, -- whether the run was there before this study asked for it
  resumed INTEGER NOT NULL DEFAULT 0, -- times the study took it up again by itself
  PRIMARY KEY (study_id, node_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX study_nodes_by_run ON study_nodes (run_id);
