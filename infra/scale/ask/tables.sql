CREATE EXTERNAL TABLE rating (
    `event_id` binary,
    `response_key` string,
    `touchpoint` string,
    `channel` string,
    `scale` string,
    `rating` int,
    `submitted_at` timestamp,
    `received_at` timestamp,
    `device` string,
    `language` string,
    `reason` string,
    `nps` int,
    `ces` int,
    `fcr` boolean,
    `expectation` int,
    `callback_requested` boolean,
    `has_text` boolean,
    `segment` string,
    `topic` string,
    `collection_mode` string,
    `card` string,
    `phase` string,
    `answers` string
)
PARTITIONED BY (month string)
STORED AS PARQUET
LOCATION 's3://YOUR-BUCKET/facts/'
TBLPROPERTIES (
    'projection.enabled' = 'true',
    'projection.month.type' = 'date',
    'projection.month.format' = 'yyyy-MM',
    'projection.month.interval' = '1',
    'projection.month.interval.unit' = 'MONTHS',
    'projection.month.range' = '2020-01,NOW+1MONTH',
    'storage.location.template' = 's3://YOUR-BUCKET/facts/month=${month}/rating/'
);

CREATE EXTERNAL TABLE invitation (
    `event_id` binary,
    `response_key` string,
    `touchpoint` string,
    `channel` string,
    `language` string,
    `segment` string,
    `issued_at` timestamp,
    `received_at` timestamp,
    `expires_at` timestamp,
    `topic` string,
    `contact_at` timestamp,
    `resolved` boolean,
    `beyond_first_level` boolean,
    `known` boolean,
    `previous` string,
    `previous_at` timestamp,
    `skipped` boolean
)
PARTITIONED BY (month string)
STORED AS PARQUET
LOCATION 's3://YOUR-BUCKET/facts/'
TBLPROPERTIES (
    'projection.enabled' = 'true',
    'projection.month.type' = 'date',
    'projection.month.format' = 'yyyy-MM',
    'projection.month.interval' = '1',
    'projection.month.interval.unit' = 'MONTHS',
    'projection.month.range' = '2020-01,NOW+1MONTH',
    'storage.location.template' = 's3://YOUR-BUCKET/facts/month=${month}/invitation/'
);

CREATE EXTERNAL TABLE complaint (
    `event_id` binary,
    `response_key` string,
    `touchpoint` string,
    `channel` string,
    `category` string,
    `annoyance` int,
    `submitted_at` timestamp,
    `received_at` timestamp,
    `device` string,
    `language` string,
    `callback_requested` boolean,
    `topic` string,
    `collection_mode` string
)
PARTITIONED BY (month string)
STORED AS PARQUET
LOCATION 's3://YOUR-BUCKET/facts/'
TBLPROPERTIES (
    'projection.enabled' = 'true',
    'projection.month.type' = 'date',
    'projection.month.format' = 'yyyy-MM',
    'projection.month.interval' = '1',
    'projection.month.interval.unit' = 'MONTHS',
    'projection.month.range' = '2020-01,NOW+1MONTH',
    'storage.location.template' = 's3://YOUR-BUCKET/facts/month=${month}/complaint/'
);

CREATE EXTERNAL TABLE delivery (
    `event_id` binary,
    `response_key` string,
    `outcome` string,
    `at` timestamp,
    `received_at` timestamp
)
PARTITIONED BY (month string)
STORED AS PARQUET
LOCATION 's3://YOUR-BUCKET/facts/'
TBLPROPERTIES (
    'projection.enabled' = 'true',
    'projection.month.type' = 'date',
    'projection.month.format' = 'yyyy-MM',
    'projection.month.interval' = '1',
    'projection.month.interval.unit' = 'MONTHS',
    'projection.month.range' = '2020-01,NOW+1MONTH',
    'storage.location.template' = 's3://YOUR-BUCKET/facts/month=${month}/delivery/'
);

CREATE EXTERNAL TABLE transition (
    `case_number` string,
    `seq` int,
    `happened_at` timestamp,
    `action` string,
    `actor` string,
    `rule` string,
    `from_status` string,
    `status` string,
    `informed` boolean,
    `notifiable` boolean,
    `family` string,
    `touchpoint` string,
    `channel` string,
    `category` string,
    `severity` string,
    `segment` string,
    `response_key` string,
    `received_at` timestamp,
    `policy` string,
    `acknowledged_at` timestamp,
    `first_response_at` timestamp,
    `resolved_at` timestamp,
    `last_resolved_at` timestamp,
    `closed_at` timestamp,
    `reopened_at` timestamp,
    `apology_at` timestamp,
    `decision` string,
    `decision_reason` string,
    `decision_owned` boolean,
    `root_cause` string,
    `corrective_action` string,
    `satisfaction` int,
    `compensations` string
)
PARTITIONED BY (month string)
STORED AS PARQUET
LOCATION 's3://YOUR-BUCKET/facts/'
TBLPROPERTIES (
    'projection.enabled' = 'true',
    'projection.month.type' = 'date',
    'projection.month.format' = 'yyyy-MM',
    'projection.month.interval' = '1',
    'projection.month.interval.unit' = 'MONTHS',
    'projection.month.range' = '2020-01,NOW+1MONTH',
    'storage.location.template' = 's3://YOUR-BUCKET/facts/month=${month}/transition/'
);

CREATE EXTERNAL TABLE escalation (
    `event_id` binary,
    `case_number` string,
    `rule` string,
    `clock` string,
    `family` string,
    `touchpoint` string,
    `category` string,
    `raised_at` timestamp,
    `seen_at` timestamp,
    `handled_at` timestamp,
    `known_at` timestamp
)
PARTITIONED BY (month string)
STORED AS PARQUET
LOCATION 's3://YOUR-BUCKET/facts/'
TBLPROPERTIES (
    'projection.enabled' = 'true',
    'projection.month.type' = 'date',
    'projection.month.format' = 'yyyy-MM',
    'projection.month.interval' = '1',
    'projection.month.interval.unit' = 'MONTHS',
    'projection.month.range' = '2020-01,NOW+1MONTH',
    'storage.location.template' = 's3://YOUR-BUCKET/facts/month=${month}/escalation/'
);
