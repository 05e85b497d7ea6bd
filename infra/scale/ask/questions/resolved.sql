-- How long complaints take, by category: hours from the first step to the first that resolved them.
WITH step AS (
    SELECT DISTINCT case_number, seq, happened_at, action, category FROM transition
    WHERE month BETWEEN '2026-02' AND '2026-03' AND family = 'complaint'
), life AS (
    SELECT case_number, max_by(category, seq) AS category, min(happened_at) AS opened,
        min(CASE WHEN action = 'resolved' THEN happened_at END) AS resolved
    FROM step GROUP BY case_number
)
SELECT category, count(*) AS complaints, count(resolved) AS resolved,
    round(avg(to_unixtime(resolved) - to_unixtime(opened)) / 36e2, 1) AS hours
FROM life GROUP BY category ORDER BY category
