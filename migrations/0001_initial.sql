-- The workspace's first schema. Times are milliseconds since 1970 (UTC); JSON is text.

CREATE TABLE settings (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL -- JSON
) STRICT, WITHOUT ROWID;

-- Corpora: imported texts, stored as shards in corpora/ID.
CREATE TABLE corpora (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('documents', 'questions')),
  state TEXT NOT NULL CHECK (state IN ('importing', 'ready', 'failed', 'cancelled')),
  origin TEXT NOT NULL CHECK (origin IN ('imported', 'sample')),
  created_at_ms INTEGER NOT NULL,
  train_documents INTEGER NOT NULL DEFAULT 0,
  validation_documents INTEGER NOT NULL DEFAULT 0,
  bytes INTEGER NOT NULL DEFAULT 0,
  duplicates INTEGER NOT NULL DEFAULT 0,
  sha256 TEXT,
  reason TEXT,
  options TEXT NOT NULL -- JSON: how it was imported
) STRICT, WITHOUT ROWID;

CREATE TABLE corpus_files (
  corpus_id TEXT NOT NULL REFERENCES corpora ON DELETE CASCADE,
  position INTEGER NOT NULL,
  path TEXT NOT NULL,
  format TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  documents INTEGER NOT NULL,
  duplicates INTEGER NOT NULL,
  error_name TEXT,
  error_reason TEXT,
  error_line INTEGER,
  PRIMARY KEY (corpus_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE shards (
  corpus_id TEXT NOT NULL REFERENCES corpora ON DELETE CASCADE,
  split TEXT NOT NULL CHECK (split IN ('train', 'validation')),
  position INTEGER NOT NULL,
  name TEXT NOT NULL, -- file name without extension, inside corpora/ID
  documents INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  PRIMARY KEY (corpus_id, split, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE tokenizers (
  sha256 TEXT PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('bpe', 'words')),
  vocab_size INTEGER NOT NULL,
  created_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Runs. `key` is the number other tables refer to where there are many rows a run.
CREATE TABLE runs (
  key INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  stage TEXT NOT NULL,
  state TEXT NOT NULL,
  reason TEXT,
  step INTEGER NOT NULL DEFAULT 0,
  total_steps INTEGER,
  created_at_ms INTEGER NOT NULL,
  started_at_ms INTEGER,
  ended_at_ms INTEGER,
  duration_ms INTEGER NOT NULL DEFAULT 0,
  corpus_id TEXT REFERENCES corpora ON DELETE SET NULL,
  corpus_name TEXT,
  questions_id TEXT REFERENCES corpora ON DELETE SET NULL,
  questions_name TEXT,
  base_checkpoint_id TEXT REFERENCES checkpoints ON DELETE SET NULL,
  base_run_id TEXT REFERENCES runs (id) ON DELETE SET NULL,
  base_name TEXT,
  tier_checkpoint_id TEXT REFERENCES checkpoints ON DELETE SET NULL,
  tier_run_id TEXT REFERENCES runs (id) ON DELETE SET NULL,
  settings TEXT NOT NULL, -- JSON, resolved
  seed INTEGER NOT NULL,
  parameters INTEGER,
  flops_per_token REAL,
  engine TEXT, -- JSON: which engine it ran on and why not a better one
  queue_position INTEGER,
  latest TEXT NOT NULL DEFAULT '{}', -- JSON: newest value of the table's metrics
  last_output TEXT,
  record TEXT NOT NULL DEFAULT '{}' -- JSON: versions, machine and hashes, to run it again
) STRICT;
CREATE INDEX runs_by_state ON runs (state);
CREATE INDEX runs_by_base_checkpoint ON runs (base_checkpoint_id);
CREATE INDEX runs_by_base_run ON runs (base_run_id);

CREATE TABLE run_events (
  id INTEGER PRIMARY KEY,
  run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  at_ms INTEGER NOT NULL,
  kind TEXT NOT NULL,
  text TEXT NOT NULL
) STRICT;
CREATE INDEX run_events_by_run ON run_events (run_id, id);

-- Metrics. Points lie in chunks of up to 480; `metric_chunks.id` = series · 2^20 + number of the chunk, so that a
-- series is one range of the table. Summaries (low, high and mean of every 16 points) lie apart, so that drawing a
-- long series never reads its points. electron/series/chunk.ts has the byte layout.
CREATE TABLE metric_names (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE metric_series (
  id INTEGER PRIMARY KEY AUTOINCREMENT, -- never given twice: readers remember what they drew by it
  run_key INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  name_id INTEGER NOT NULL REFERENCES metric_names,
  points INTEGER NOT NULL,
  non_finite INTEGER NOT NULL, -- points that are NaN or infinite
  version INTEGER NOT NULL, -- rises with every write
  UNIQUE (run_key, name_id)
) STRICT;

CREATE TABLE metric_chunks (
  id INTEGER PRIMARY KEY,
  points INTEGER NOT NULL,
  first_step INTEGER NOT NULL,
  last_step INTEGER NOT NULL,
  data BLOB NOT NULL
) STRICT;

CREATE TABLE metric_summaries (
  id INTEGER PRIMARY KEY, -- as metric_chunks.id
  points INTEGER NOT NULL,
  first_step INTEGER NOT NULL,
  last_step INTEGER NOT NULL,
  data BLOB NOT NULL
) STRICT;

-- Rollouts kept from training steps.
CREATE TABLE samples (
  id INTEGER PRIMARY KEY,
  run_key INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  step INTEGER NOT NULL,
  prompt_index INTEGER NOT NULL,
  generation_index INTEGER NOT NULL,
  document_key TEXT NOT NULL,
  tier TEXT,
  mask_fraction REAL,
  prompt_text TEXT NOT NULL,
  thinking_text TEXT NOT NULL,
  answer_text TEXT NOT NULL,
  truth_text TEXT NOT NULL,
  thinking_length INTEGER NOT NULL,
  completion_length INTEGER NOT NULL,
  budget REAL,
  truncated INTEGER NOT NULL,
  reward REAL NOT NULL,
  rewards TEXT NOT NULL, -- JSON: reward parts by name
  advantage REAL NOT NULL
) STRICT;
CREATE INDEX samples_by_step ON samples (run_key, step, prompt_index, generation_index);

CREATE TABLE checkpoints (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  origin TEXT NOT NULL CHECK (origin IN ('run', 'sample', 'imported')),
  stage TEXT,
  run_id TEXT REFERENCES runs (id) ON DELETE CASCADE,
  parent_id TEXT REFERENCES checkpoints ON DELETE SET NULL,
  root_id TEXT NOT NULL,
  step INTEGER NOT NULL,
  final INTEGER NOT NULL,
  folder TEXT NOT NULL, -- inside the workspace, with forward slashes
  parameters INTEGER NOT NULL,
  vocab_size INTEGER NOT NULL,
  tokenizer_sha256 TEXT NOT NULL REFERENCES tokenizers,
  bytes INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX checkpoints_by_run ON checkpoints (run_id, step);
CREATE INDEX checkpoints_by_root ON checkpoints (root_id);

CREATE TABLE evaluations (
  key INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  checkpoint_id TEXT NOT NULL REFERENCES checkpoints ON DELETE CASCADE,
  protocol TEXT NOT NULL, -- JSON, keys sorted
  protocol_hash TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL,
  summary TEXT, -- JSON; null until the last item has come
  UNIQUE (run_id, protocol_hash)
) STRICT;
CREATE INDEX evaluations_by_checkpoint ON evaluations (checkpoint_id);

CREATE TABLE evaluation_items (
  id INTEGER PRIMARY KEY,
  evaluation_key INTEGER NOT NULL REFERENCES evaluations ON DELETE CASCADE,
  item_key TEXT NOT NULL,
  sample_index INTEGER NOT NULL,
  document_key TEXT NOT NULL,
  tier TEXT,
  mask_fraction REAL,
  prompt_text TEXT NOT NULL,
  thinking_text TEXT NOT NULL,
  answer_text TEXT NOT NULL,
  truth_text TEXT NOT NULL,
  thinking_length INTEGER NOT NULL,
  completion_length INTEGER NOT NULL,
  budget REAL,
  truncated INTEGER NOT NULL,
  score REAL NOT NULL,
  scores TEXT NOT NULL -- JSON
) STRICT;
-- Holds all that comparing needs, so that texts are read for the shown page only.
CREATE INDEX evaluation_items_lean
  ON evaluation_items (evaluation_key, item_key, sample_index, score, thinking_length);

-- Where the trainer keeps entropy scores, so that a corpus is scored once per checkpoint.
CREATE TABLE entropy_scores (
  corpus_sha256 TEXT NOT NULL,
  checkpoint_sha256 TEXT NOT NULL,
  path TEXT NOT NULL,
  positions INTEGER NOT NULL,
  easy_up_to REAL NOT NULL,
  hard_above REAL NOT NULL,
  created_at_ms INTEGER NOT NULL,
  PRIMARY KEY (corpus_sha256, checkpoint_sha256)
) STRICT, WITHOUT ROWID;
