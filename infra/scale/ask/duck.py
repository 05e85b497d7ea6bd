"""The questions of Athena asked of DuckDB, on the same layout of files.

    python duck.py FACTS_DIR < {"tables": {kind: {column: type}}, "questions": {name: sql}}

Prints one JSON object: for each question its rows, its seconds, and the bytes of the
columns it reads, which is what Athena charges by. A column that is missing or of
another type is an error.
"""

import glob
import json
import sys
import time

import duckdb

# The types of Athena as DuckDB has them.
TYPES = {
    "binary": ("BLOB", "UUID"), "string": ("VARCHAR",), "int": ("INTEGER", "SMALLINT", "TINYINT", "UINTEGER", "USMALLINT", "UTINYINT"),
    "boolean": ("BOOLEAN",), "timestamp": ("TIMESTAMP", "TIMESTAMP WITH TIME ZONE", "TIMESTAMP_MS"),
}


def main():
    facts, asked = sys.argv[1], json.load(sys.stdin)
    db = duckdb.connect()
    db.execute("SET TimeZone='UTC'")
    db.execute("CREATE MACRO to_unixtime(t) AS epoch(t)")
    stored = {}
    for kind, columns in asked["tables"].items():
        files = sorted(glob.glob(f"{facts}/facts/month=*/{kind}/*.parquet"))
        if not files:
            continue
        stored[kind] = files
        db.execute(f"CREATE VIEW {kind} AS SELECT * FROM read_parquet({files!r}, hive_partitioning=true, hive_types={{'month': VARCHAR}}, union_by_name=true)")
        found = {name: kind_of for name, kind_of, *_ in db.execute(f"DESCRIBE {kind}").fetchall()}
        for name, want in columns.items():
            if found.get(name) not in TYPES[want]:
                sys.exit(f"{kind}.{name}: the table says {want}, the files have {found.get(name)}")
    answers = {}
    for name, sql in asked["questions"].items():
        began = time.perf_counter()
        rows = db.execute(sql).fetchall()
        seconds = time.perf_counter() - began
        bytes_read = 0
        for kind, files in stored.items():
            if f"FROM {kind}" not in sql and f"JOIN {kind}" not in sql:
                continue
            columns = [c for c in asked["tables"][kind] if c in sql]
            bytes_read += db.execute(
                "SELECT coalesce(sum(total_compressed_size), 0) FROM parquet_metadata($files) WHERE path_in_schema IN (SELECT unnest($columns))",
                {"files": [f for f in files if "month=2026-03" in f], "columns": columns}).fetchone()[0]
        answers[name] = {"rows": [[str(v) if isinstance(v, str) else v for v in r] for r in rows], "seconds": seconds, "bytes": int(bytes_read)}
    print(json.dumps(answers))


main()
