"""The embedded adapter: Parquet segments by dataset, day and hour, queried by DuckDB."""
