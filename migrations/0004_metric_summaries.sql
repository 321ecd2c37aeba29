-- What tables show of a metric without reading its points: its newest value and its extremes, of finite values.
ALTER TABLE metric_series ADD COLUMN last REAL;
ALTER TABLE metric_series ADD COLUMN low REAL;
ALTER TABLE metric_series ADD COLUMN high REAL;
CREATE INDEX metric_series_by_name ON metric_series (name_id, run_key, last, low, high);
