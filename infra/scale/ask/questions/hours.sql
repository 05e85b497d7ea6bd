-- When customers answer: votes by channel and hour of the day, in UTC.
SELECT channel, hour(received_at) AS hour_utc, count(DISTINCT event_id) AS votes
FROM rating WHERE month = '2026-03' GROUP BY channel, hour(received_at) ORDER BY channel, hour(received_at)
