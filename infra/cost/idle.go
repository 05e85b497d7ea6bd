package main

import "resonanz/infra/cost/reviewed"

// idle is the bill of a month in which nobody rates.
func (m *model) idle() (bill, error) {
	var b bill
	b.add("cloudwatch.alarm", "alarms", float64(m.stack.Count("AWS::CloudWatch::Alarm")))
	b.add("cloudwatch.dashboard", "dashboards", float64(m.stack.Count("AWS::CloudWatch::Dashboard")))
	b.add("secrets.secret", "secrets", float64(m.stack.Count("AWS::SecretsManager::Secret")))
	b.add("kms.key", "key", float64(m.stack.Count("AWS::KMS::Key")))
	for _, q := range m.stack.Mappings() {
		if q.Source != reviewed.Stream {
			n := pollers
			if !q.Bound {
				n = pollersUnbound
			}
			b.add("sqs.request", "polling", float64(n)*monthHours*3600/pollSeconds)
		}
	}
	canary, err := m.canary()
	if err != nil {
		return nil, err
	}
	return b.plus(canary, m.clock()), nil
}

// clock is the bill of what the schedules call, but for the canary and for reports.
func (m *model) clock() (b bill) {
	calls := m.stack.Schedules()
	for _, function := range []string{"clock", "watch", "compact", "sweep"} {
		n, each := calls[function], byTheClock[function]
		b.add("scheduler.call", function, n)
		if function == "clock" {
			for _, calls := range m.recorded.Clock { // each of at most 4 KB, and not the last word
				each.reads += float64(calls) / 2
			}
		}
		b.add("dynamodb.read", function, n*each.reads)
		b.add("s3.put", function, n*each.lists)
		m.invoked(&b, function, n, n*m.cpu.invocation(function), n*each.waitMS)
	}
	return b
}

// canary is the bill of its flights: each is issued a link, rates by it, and asks what
// became of the one before.
func (m *model) canary() (bill, error) {
	flights := m.stack.Schedules()["canary"]
	if flights == 0 {
		return nil, nil
	}
	var each bill
	for _, name := range []string{"invitation", "vote"} {
		b, err := m.journey(name, 0)
		if err != nil {
			return nil, err
		}
		for _, l := range b {
			if l.price != "ses.mail" { // nobody is written to
				each.add(l.price, "canary", l.n)
			}
		}
	}
	each.add("scheduler.call", "canary", 1)
	const waitMS = 500 // half a dozen requests, one after the other
	m.invoked(&each, "canary", 1, m.cpu.invocation("canary"), waitMS)
	all := each.times(flights)
	all.add("cognito.client", "canary's client", 1)
	all.add("cognito.token", "canary's client", monthDays) // valid for a day
	return all, nil
}

// metrics is the bill of a month's own metrics, had each of its hours feedback of every
// kind.
func (m *model) metrics() (b bill) {
	distinct := make(map[string]bool)
	for _, j := range m.recorded.Journeys {
		for _, name := range j.Metrics {
			distinct[name] = true
		}
	}
	for name := range distinct {
		n := 1.0
		if hasSegments(name) {
			n = segments
		}
		b.add("cloudwatch.metric", "metrics", n)
	}
	return b
}

// report is the bill of one report of a million facts, compacted: read, folded, rendered
// and kept.
func (m *model) report() (b bill) {
	m.invoked(&b, "report", 1, reportCPUSeconds*1000, reportFiles*m.delays.Median("s3.GetObject"))
	b.add("s3.get", "report", reportFiles)
	b.add("s3.put", "report", 6) // five renderings and the manifest's neighbour
	b.add("dynamodb.write", "report", 2)
	b.add("dynamodb.read", "report", 50)
	return b
}

// itemOverhead is what DynamoDB adds to an item that is stored (Developer Guide, "DynamoDB
// item sizes and formats", on what is billed for storage).
const itemOverhead = 100

// kept is the bill of keeping one rating in the table for a month.
func (m *model) kept() (b bill) {
	j := m.recorded.Journeys["rating"]
	bytes := 0.0
	for _, w := range j.Work {
		for _, c := range w.Calls {
			bytes += float64(c.Stored + c.Inserts*itemOverhead)
		}
	}
	bytes /= float64(j.Times)
	b.add("dynamodb.stored", "table", bytes/gb)
	b.add("dynamodb.pitr", "table", bytes/gb)
	return b
}

// keptLogs is the bill of keeping the lines about one rating for a month, compressed.
func (m *model) keptLogs() (b bill) {
	rating, err := m.journey("rating", monthly(ratingsAMonth))
	if err != nil {
		return nil
	}
	b.add("logs.stored", "logs", count(rating, priced("logs."))*logsCompressed)
	return b
}
