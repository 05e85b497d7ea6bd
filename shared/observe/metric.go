package observe

import (
	"io"
	"os"
	"strconv"
	"sync"
	"time"
)

// Namespace is the CloudWatch namespace of every metric of a stage. Stages may share
// an account: what happens in one must not count in another's reports, nor ring its
// alarms.
func Namespace(stage string) string {
	if stage == "" { // no deployment, such as a test
		return "Resonanz"
	}
	return "Resonanz/" + stage
}

// Unit is a CloudWatch unit.
type Unit string

// The units in use.
const (
	Count        Unit = "Count"
	Milliseconds Unit = "Milliseconds"
)

// Value is one figure of a metric line. Name is plain ASCII, such as "Accepted".
type Value struct {
	Name string
	Unit Unit
	N    int64
}

// Metrics writes figures in the CloudWatch embedded metric format: one JSON
// line each, no call to CloudWatch. It is safe for concurrent use.
type Metrics struct {
	mu        sync.Mutex
	w         io.Writer
	now       func() time.Time
	namespace string
	function  string
	buf       []byte
}

// NewMetrics writes to standard output with the dimension Function, for the stage
// that the environment names (STAGE).
func NewMetrics(function string) *Metrics { return NewMetricsTo(os.Stdout, function, time.Now) }

// NewMetricsTo is NewMetrics with another destination and clock.
func NewMetricsTo(w io.Writer, function string, now func() time.Time) *Metrics {
	return &Metrics{w: w, now: now, namespace: Namespace(os.Getenv("STAGE")), function: function, buf: make([]byte, 0, 512)}
}

// Emit writes one line with the dimension Function. With no values it writes
// nothing. A failed write is dropped: a metric never fails a request.
func (m *Metrics) Emit(values ...Value) { m.emit("", values, nil) }

// EmitAt is Emit with the dimensions Function and Touchpoint. The touchpoint is
// a configured one: free text would make a metric of its own of each spelling.
func (m *Metrics) EmitAt(touchpoint string, values ...Value) { m.emit(touchpoint, values, nil) }

// Answered is what the log says of a request that was answered.
type Answered struct {
	Route  string // as documented, such as "/r/{token}"
	Method string
	Status int
	Code   string // of a problem; empty: none
	Took   time.Duration
	ID     string // as RequestID has it
}

// EmitAnswered is EmitAt, or Emit for an empty touchpoint, in the line that the log
// has of a request anyway: one line is stored where there would be two.
func (m *Metrics) EmitAnswered(a *Answered, touchpoint string, values ...Value) {
	m.emit(touchpoint, values, a)
}

func (m *Metrics) emit(touchpoint string, values []Value, of *Answered) {
	if len(values) == 0 {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	b := append(m.buf[:0], `{"_aws":{"Timestamp":`...)
	b = strconv.AppendInt(b, m.now().UnixMilli(), 10)
	b = appendString(append(b, `,"CloudWatchMetrics":[{"Namespace":`...), m.namespace)
	b = append(b, `,"Dimensions":[["Function"`...)
	if touchpoint != "" {
		b = append(b, `,"Touchpoint"`...)
	}
	b = append(b, `]],"Metrics":[`...)
	for i, v := range values {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendString(append(b, `{"Name":`...), v.Name)
		b = append(appendString(append(b, `,"Unit":`...), string(v.Unit)), '}')
	}
	b = appendString(append(b, `]}]},"Function":`...), m.function)
	if touchpoint != "" {
		b = appendString(append(b, `,"Touchpoint":`...), touchpoint)
	}
	for _, v := range values {
		b = append(appendString(append(b, ','), v.Name), ':')
		b = strconv.AppendInt(b, v.N, 10)
	}
	if of != nil {
		b = of.append(b)
	}
	m.buf = append(b, "}\n"...)
	_, _ = m.w.Write(m.buf)
}

// append writes the fields that a record of the same request has in the log.
func (a *Answered) append(b []byte) []byte {
	b = appendString(append(b, `,"msg":"request","route":`...), a.Route)
	b = appendString(append(b, `,"method":`...), a.Method)
	b = strconv.AppendInt(append(b, `,"status":`...), int64(a.Status), 10)
	if a.Code != "" {
		b = appendString(append(b, `,"code":`...), a.Code)
	}
	b = strconv.AppendInt(append(b, `,"us":`...), a.Took.Microseconds(), 10)
	if a.ID != "" {
		b = appendString(append(b, `,"request_id":`...), a.ID)
	}
	return b
}

// appendString writes s as a JSON string. Names, functions, touchpoints, routes
// and ids are plain ASCII; any other byte becomes '_', so the line stays valid JSON.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	for i := range len(s) {
		c := s[i]
		if c < ' ' || c > '~' || c == '"' || c == '\\' {
			c = '_'
		}
		b = append(b, c)
	}
	return append(b, '"')
}
