package main

// What no recording of one journey at a time can count, each with its source. Whatever
// the stack's template says (memory, batches, windows) is read from it instead.
const (
	// ratingsAMonth is what the table of one million is reckoned at: how full batches
	// are depends on how much comes at once.
	ratingsAMonth = 10e6
	// openHours of a day are those in which a month's feedback comes, evenly.
	openHours  = 12
	monthDays  = 365.0 / 12
	monthHours = monthDays * 24

	// streamShards: a new table on demand serves 4,000 write units a second (DynamoDB
	// Developer Guide, "On-demand capacity mode"), which is four partitions of 1,000, each
	// a shard of the stream. Batches of the stream are of one shard.
	streamShards = 4
	// sendAtOnce are the messages of one SendMessageBatch, at most (SQS API Reference).
	sendAtOnce = 10
	// pollers take from a queue when little comes, pollersUnbound where no maximum
	// concurrency is set (Lambda Developer Guide, "Configuring scaling behavior for SQS
	// event source mappings"); each waits pollSeconds (SQS Developer Guide, long polling).
	pollers        = 5
	pollersUnbound = 2
	pollSeconds    = 20

	// logLineBytes are added to each line (CloudWatch Logs API Reference, PutLogEvents).
	logLineBytes = 26
	// logsCompressed is what remains of a line that is kept; CloudWatch's own pricing
	// examples take 0.15.
	logsCompressed = 0.15
	// requestIDBytes is the length of the HTTP API's request id (as in its documentation,
	// "Customizing HTTP API access logs"), which both lines about a request hold; the
	// emulator's is a UUID.
	requestIDBytes, emulatedIDBytes = 16, 36

	// coldShare of the invocations begin with a start (AWS Compute Blog, 29 April 2025, on
	// billing of INIT: under 1 %), which a custom runtime pays for. coldMS is one of a
	// function of 256 MB, network included: assumed.
	coldShare, coldMS = 0.01, 100

	// vcpu is the memory in MiB that comes with one processor (Lambda Developer Guide).
	vcpu = 1769
	mib  = 1024.0 // MiB a GB, as Lambda reckons
	gb   = 1e9    // bytes, as everything else

	// segments are the touchpoints that have feedback: each makes metrics of its own.
	segments = 3
	// factBytes is a fact in Parquet, once compacted: 1 million in 21 MB, as `make
	// bench-report` writes them.
	factBytes = 21
)

// run is what a function that is called by the clock does each time, when nothing is due.
type run struct {
	reads  float64 // read units of the table
	lists  float64 // of S3
	waitMS float64 // for answers of AWS
}

// byTheClock: what clock reads is recorded; watch, compact and sweep list what there is.
var byTheClock = map[string]run{
	"clock":   {waitMS: 15},
	"watch":   {reads: 20, lists: 6, waitMS: 400},
	"compact": {lists: 60, waitMS: 3000},
	"sweep":   {reads: 200, lists: 10, waitMS: 3000},
}

const (
	// reportCPUSeconds of a core are a million facts, folded and rendered in five formats
	// (make bench-report), reportFiles what compaction leaves of them at most.
	reportCPUSeconds = 3
	reportFiles      = 40
)
