-- How many of those who were asked have answered, by the way they were asked.
WITH asked AS (
    SELECT DISTINCT event_id, response_key, channel FROM invitation WHERE month = '2026-03' AND coalesce(skipped, false) = false
), answered AS (
    SELECT DISTINCT response_key FROM rating WHERE month = '2026-03'
)
SELECT asked.channel, count(*) AS invitations, count(answered.response_key) AS answered,
    round(1e2 * count(answered.response_key) / count(*), 1) AS pct
FROM asked LEFT JOIN answered ON answered.response_key = asked.response_key
GROUP BY asked.channel ORDER BY asked.channel
