-- How many more would recommend than would not, month by month: the net promoter score.
WITH vote AS (
    SELECT DISTINCT month, event_id, nps FROM rating WHERE month BETWEEN '2026-01' AND '2026-03' AND nps IS NOT NULL
)
SELECT month, count(*) AS votes, sum(CASE WHEN nps >= 9 THEN 1 WHEN nps <= 6 THEN -1 ELSE 0 END) AS balance,
    round(1e2 * sum(CASE WHEN nps >= 9 THEN 1 WHEN nps <= 6 THEN -1 ELSE 0 END) / count(*), 1) AS nps
FROM vote GROUP BY month ORDER BY month
