package main

// plain is the bill of one rating in a stack as it is often drawn: an HTTP API, a
// function with 512 MB on arm64 that logs as it comes (START, END, REPORT and a line of
// its own), an item for the rating and one that counts, an index over the ratings, one
// message to SQS, and a function that takes each message by itself and writes what a
// report reads. It is priced by the same list; its parts are what each service's
// documentation gives, its processor time what make bench measures of a plain function.
func (m *model) plain() (b bill) {
	const (
		memory   = 512.0
		apiLine  = 220 // a usual access log: time, id, address, route, status, length, agent
		ownLine  = 250
		platform = 90 + 60 + 200 // START, END, REPORT
		stepMS   = 5             // a write to the table
		sendMS   = 14
	)
	b.add("http_api.request", "API", 1)
	b.add("transfer.out", "answers", 700/gb)
	b.add("logs.taken", "API", (apiLine+logLineBytes)/gb)
	for function, ms := range map[string]float64{
		"intake":   m.cpu.of("plain")*vcpu/memory + 2*stepMS + sendMS,
		"consumer": m.cpu.of("plain")*vcpu/memory + stepMS,
	} {
		b.add("lambda.request", function, 1)
		b.add("lambda.gb_second", function, (ms+coldShare*coldMS)/1000*memory/mib)
		b.add("logs.taken", function, (platform+ownLine+4*logLineBytes)/gb)
	}
	b.add("dynamodb.write", "intake", 3)   // the rating, its entry in the index, the counter
	b.add("dynamodb.write", "consumer", 1) // what the report reads
	b.add("sqs.request", "queue", 3)       // sent, received, deleted
	return b
}
