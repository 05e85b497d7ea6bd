-- Why customers are unhappy: reasons given with one or two stars.
SELECT reason, count(DISTINCT event_id) AS votes
FROM rating WHERE month = '2026-03' AND scale = 'stars_1_5' AND rating <= 2 AND reason IS NOT NULL
GROUP BY reason ORDER BY reason
