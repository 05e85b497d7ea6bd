"""The figures of a month's report by DuckDB, from the same files.

    python sidebyside.py FACTS_DIR PERIOD START END CUTOFF

START, END and CUTOFF are milliseconds since 1970 UTC. Prints one JSON object:
the figures, the seconds they took, and the peak memory in KiB.
"""

import glob
import json
import resource
import sys
import time

import duckdb

FACTS, PERIOD, START, END, CUTOFF = sys.argv[1], sys.argv[2], *map(int, sys.argv[3:6])
WINDOW, DEBOUNCE, SKEW = 48 * 3_600_000, 3_000, 5 * 60_000


def months(first, last):
    """The files of the months from first to last, counted from the period."""
    year, month = map(int, PERIOD.split("-"))
    index = [year * 12 + month - 1 + n for n in range(first, last + 1)]
    return ["%04d-%02d" % (i // 12, i % 12 + 1) for i in index]


def files(kind, first, last):
    found = [f for m in months(first, last) for f in glob.glob(f"{FACTS}/facts/month={m}/{kind}/*.parquet")]
    return sorted(found)


def source(kind, first, last, columns):
    found = files(kind, first, last)
    if not found:
        return None
    return f"(SELECT DISTINCT ON (event_id) {columns} FROM read_parquet({found!r}))"


def main():
    began = time.perf_counter()
    db = duckdb.connect()
    db.execute("SET TimeZone='UTC'")
    votes = source("rating", -2, 0, """event_id, response_key, touchpoint, channel, scale, rating, device, nps,
        collection_mode = 'self' AS own, epoch_ms(submitted_at) AS submitted, epoch_ms(received_at) AS received""")
    db.execute(f"""
        CREATE TEMP TABLE votes AS
        SELECT *, CASE WHEN submitted > received + {SKEW} THEN received ELSE submitted END AS effective
        FROM {votes} WHERE received < {CUTOFF}""")
    db.execute(f"""
        CREATE TEMP TABLE debounced AS
        SELECT event_id, effective FROM (
            SELECT event_id, effective, submitted - lag(submitted) OVER (
                PARTITION BY device ORDER BY response_key[:7], submitted, received, event_id) AS distance
            FROM votes WHERE device IS NOT NULL AND channel IN ('kiosk', 'terminal'))
        WHERE distance >= 0 AND distance < {DEBOUNCE}""")
    # One row per response: the first vote places it, the last within the window counts.
    db.execute(f"""
        CREATE TEMP TABLE answers AS
        WITH counted AS (
            SELECT *, bool_or(own) OVER (PARTITION BY response_key) AS owned
            FROM votes ANTI JOIN debounced USING (event_id)
        ), placed AS (
            SELECT *, min(effective) OVER (PARTITION BY response_key) AS told FROM counted WHERE own OR NOT owned
        )
        SELECT response_key, any_value(told) AS told, any_value(owned) AS owned,
            arg_max({{'touchpoint': touchpoint, 'channel': channel, 'scale': scale, 'rating': rating, 'nps': nps}},
                    (effective, received, submitted, event_id)) AS v
        FROM placed WHERE effective <= told + {WINDOW} GROUP BY response_key""")
    figures = {}

    def share(name, column):
        rows = db.execute(f"""
            SELECT {column}, count(*) FILTER (v.scale IN ('stars_1_5', 'csat_1_10')),
                count(*) FILTER (v.scale = 'stars_1_5' AND v.rating >= 4 OR v.scale = 'csat_1_10' AND v.rating >= 9)
            FROM answers WHERE owned AND told >= {START} AND told < {END} GROUP BY 1 ORDER BY 1""").fetchall()
        for key, n, satisfied in rows:
            figures[f"{name}.{key}.n"] = n
            figures[f"{name}.{key}.satisfied"] = satisfied

    share("touchpoint", "v.touchpoint")
    share("channel", "v.channel")
    nps = db.execute(f"""
        SELECT count(*) FILTER (v.nps >= 9), count(*) FILTER (v.nps BETWEEN 7 AND 8), count(*) FILTER (v.nps <= 6)
        FROM answers WHERE owned AND told >= {START} AND told < {END}""").fetchone()
    figures["nps.promoters"], figures["nps.passives"], figures["nps.detractors"] = nps
    figures["responses"] = db.execute(f"SELECT count(*) FROM answers WHERE told >= {START} AND told < {END}").fetchone()[0]
    figures["debounced"] = db.execute(f"SELECT count(*) FROM debounced WHERE effective >= {START} AND effective < {END}").fetchone()[0]

    issued = source("invitation", -2, 1, """event_id, response_key, coalesce(skipped, false) AS skipped,
        epoch_ms(issued_at) AS issued, epoch_ms(received_at) AS received""")
    failed = source("delivery", -2, 0, "event_id, response_key, outcome, epoch_ms(received_at) AS received")
    if issued:
        failures = "SELECT NULL AS response_key WHERE false"
        if failed:
            failures = f"""SELECT DISTINCT response_key FROM {failed}
                WHERE outcome IN ('bounced', 'suppressed') AND received < {CUTOFF}"""
        row = db.execute(f"""
            SELECT count(*), count(*) FILTER (f.response_key IS NULL OR a.response_key IS NOT NULL), count(a.response_key)
            FROM {issued} i LEFT JOIN ({failures}) f USING (response_key) LEFT JOIN answers a USING (response_key)
            WHERE NOT i.skipped AND i.issued >= {START} AND i.issued < {END} AND i.received < {CUTOFF}""").fetchone()
        figures["invitations"], figures["delivered"], figures["answered"] = row
    # A complaint is as the last step of its case has it; one without a case counts too.
    steps = files("transition", -12, 1)
    db.execute("CREATE TEMP TABLE cases (response_key VARCHAR, category VARCHAR, status VARCHAR, received BIGINT)")
    if steps:
        db.execute(f"""
            INSERT INTO cases SELECT arg_max(response_key, seq), arg_max(category, seq), arg_max(status, seq), arg_max(epoch_ms(received_at), seq)
            FROM read_parquet({steps!r}) WHERE family = 'complaint' AND epoch_ms(happened_at) < {CUTOFF} GROUP BY case_number""")
    loose = source("complaint", -12, 1, "event_id, response_key, category, epoch_ms(received_at) AS received")
    if loose:
        loose = f"""SELECT arg_min(category, (received, event_id)) AS category, min(received) AS received
            FROM {loose} ANTI JOIN cases USING (response_key) WHERE received < {CUTOFF} GROUP BY response_key"""
    else:
        loose = "SELECT '' AS category, 0 AS received WHERE false"
    for category, n in db.execute(f"""
            SELECT category, count(*) FROM (
                SELECT category, received FROM cases WHERE status NOT IN ('draft', 'withdrawn', 'duplicate', 'dismissed')
                UNION ALL ({loose}))
            WHERE received >= {START} AND received < {END} GROUP BY 1 ORDER BY 1""").fetchall():
        figures[f"category.{category}"] = n
    print(json.dumps({
        "seconds": time.perf_counter() - began,
        "peak_kib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
        "version": duckdb.__version__,
        "figures": figures,
    }, sort_keys=True))


main()
