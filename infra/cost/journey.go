package main

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"

	"resonanz/infra/cost/recording"
	"resonanz/infra/cost/reviewed"
	"resonanz/infra/load/cloud"
)

// model reckons bills from what was recorded, the template and the prices.
type model struct {
	stack    *reviewed.Stack
	recorded *recording.Recording
	delays   *cloud.Delays
	cpu      *measured
}

// flow is how much comes at once: journeys a second. 0: so few that each goes alone.
type flow float64

// monthly is the flow of so many a month.
func monthly(n float64) flow { return flow(n / (monthDays * openHours * 3600)) }

// journey is the bill of one journey of many.
func (m *model) journey(name string, f flow) (bill, error) {
	j := m.recorded.Journeys[name]
	if j == nil || j.Times == 0 {
		return nil, fmt.Errorf("the journey %q was never recorded", name)
	}
	var b bill
	m.requests(&b, j)
	for function, w := range j.Work {
		m.calls(&b, function, w)
	}
	m.consumers(&b, j, f/flow(1))
	return b.times(1 / float64(j.Times)), nil
}

// requests are those of the HTTP API, with the functions behind them.
func (m *model) requests(b *bill, j *recording.Journey) {
	asked := make(map[string]int)
	format, seldom := m.stack.AccessLog()
	log := "logs.taken"
	if seldom {
		log = "logs.taken_seldom"
	}
	for route, r := range j.Requests {
		b.add("http_api.request", "API", float64(r.Count))
		b.add("transfer.out", "answers", float64(r.Answered)/gb)
		b.add(log, "API", float64(r.Count)*(accessLine(format, route)+logLineBytes)/gb)
		asked[r.Function] += r.Count
	}
	for function, n := range asked {
		l := j.Logs[function]
		b.add("logs.taken", function, float64(l.Bytes+l.Lines*logLineBytes-n*(emulatedIDBytes-requestIDBytes))/gb)
		m.invoked(b, function, float64(n), float64(n)*m.cpu.invocation(function), m.waits(j.Work[function]))
	}
}

var contextVariable = regexp.MustCompile(`\$context\.[A-Za-z.]+`)

// accessLine is how long the line of a request is in the log of the API.
func accessLine(format, route string) float64 {
	line := contextVariable.ReplaceAllStringFunc(format, func(v string) string {
		switch v {
		case "$context.requestId":
			return strings.Repeat("x", requestIDBytes)
		case "$context.routeKey":
			return route
		case "$context.status":
			return "201"
		case "$context.requestTimeEpoch":
			return "1773576000250"
		case "$context.error.messageString":
			return "-"
		}
		return "12" // milliseconds, bytes
	})
	return float64(len(line))
}

// waits are the milliseconds for which calls are waited, one after the other.
func (m *model) waits(w *recording.Work) (ms float64) {
	if w == nil {
		return 0
	}
	for action, c := range w.Calls {
		ms += float64(c.Count) * m.delays.Median(action)
	}
	return ms
}

// invoked is a function that was invoked n times and took so much processor time, in
// milliseconds of a whole core, and waiting, in milliseconds, for all of it.
func (m *model) invoked(b *bill, function string, n, cpu, waiting float64) {
	memory := float64(m.stack.Functions()[function].Memory)
	share := math.Min(1, memory/vcpu)
	ms := cpu/share + waiting + n*coldShare*coldMS
	ms = math.Max(ms, n) // each is rounded up to a millisecond
	b.add("lambda.request", function, n)
	b.add("lambda.gb_second", function, ms/1000*memory/mib)
}

// calls are those to services that charge them one by one.
func (m *model) calls(b *bill, function string, w *recording.Work) {
	for action, c := range w.Calls {
		service, name, _ := strings.Cut(action, ".")
		switch service {
		case "dynamodb":
			b.add("dynamodb.write", function, c.WriteUnits+c.IndexUnits)
			b.add("dynamodb.read", function, c.ReadUnits)
		case "ses":
			b.add("ses.mail", function, float64(c.Count))
		case "sns":
			b.add("sns.publish", function, float64(c.Count))
		case "s3":
			price := "s3.get"
			if slices.Contains([]string{"PutObject", "CopyObject", "ListObjectsV2", "ListObjectVersions"}, name) {
				price = "s3.put"
			}
			b.add(price, function, float64(c.Count))
		}
	}
}

// consumers are what the stream and the queues cost, and the functions behind them.
func (m *model) consumers(b *bill, j *recording.Journey, f flow) {
	records := 0
	for _, w := range j.Work {
		for _, c := range w.Calls {
			records += c.Inserts
		}
	}
	stream := m.stack.Mappings()["fanout"]
	// A batch waits for its window from its first record on.
	each := float64(records) / float64(j.Times)
	batch := math.Min(float64(stream.Batch), 1+float64(f)*each/streamShards*float64(stream.Window))
	sends := 0.0
	for function, w := range j.Work {
		for queue, msg := range w.Sent {
			sends += m.queue(b, j, f, queue, function, msg, batch/each/float64(j.Times))
		}
	}
	m.consumer(b, j, "fanout", float64(records), float64(records)/batch, sends*m.delays.Median("sqs.SendMessageBatch"))
}

// queue is what messages to one queue cost, from the sender to the consumer's deletion:
// journeys is how many go into one batch of the stream. It tells how often was sent.
func (m *model) queue(b *bill, j *recording.Journey, f flow, queue, from string, msg recording.Message, journeys float64) (sends float64) {
	n := float64(msg.Count)
	together := math.Max(1, n*journeys) // of one batch of the stream
	atOnce := math.Min(sendAtOnce, together)
	if from != "fanout" {
		atOnce = 1
	}
	sends = n / atOnce
	var to reviewed.Mapping
	for _, candidate := range m.stack.Mappings() {
		if candidate.Source == queue {
			to = candidate
		}
	}
	// Each poller gathers for the window, from its first message on.
	batch := math.Min(float64(to.Batch), math.Max(1, float64(f)*n/float64(j.Times)*float64(to.Window)/pollers))
	batch = math.Max(batch, math.Min(float64(to.Batch), atOnce))
	// What was sent at once is received at once; what was handled together is deleted
	// together.
	b.add("sqs.request", queue, sends+n/atOnce+n/math.Min(sendAtOnce, batch))
	if to.Function == "" {
		return sends
	}
	if to.Function == "facts" { // one file of each batch
		b.add("s3.put", "facts", n/batch)
		b.add("s3.stored", "facts", n*factBytes/gb)
	}
	waiting := m.waits(j.Work[to.Function])
	if to.Function == "facts" {
		waiting = n / batch * m.delays.Median("s3.PutObject")
	}
	m.consumer(b, j, to.Function, n, n/batch, waiting)
	return sends
}

// consumer is a function that took n records or messages in so many batches. It writes its
// metrics once for each, as it did in the recording, where each came alone.
func (m *model) consumer(b *bill, j *recording.Journey, function string, n, batches, waiting float64) {
	m.invoked(b, function, batches, m.cpu.batches(function, batches, n), waiting)
	if l := j.Logs[function]; n > 0 {
		b.add("logs.taken", function, float64(l.Bytes+l.Lines*logLineBytes)/gb*batches/n)
	}
}
