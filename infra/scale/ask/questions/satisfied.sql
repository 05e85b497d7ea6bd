-- How satisfied customers of each touchpoint are: stars of 4 and 5.
WITH vote AS (
    SELECT DISTINCT event_id, touchpoint, rating FROM rating WHERE month = '2026-03' AND scale = 'stars_1_5'
)
SELECT touchpoint, count(*) AS votes, sum(CASE WHEN rating >= 4 THEN 1 ELSE 0 END) AS satisfied,
    round(1e2 * sum(CASE WHEN rating >= 4 THEN 1 ELSE 0 END) / count(*), 1) AS pct
FROM vote GROUP BY touchpoint ORDER BY touchpoint
