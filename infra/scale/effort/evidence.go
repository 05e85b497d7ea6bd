package effort

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"resonanz/infra/local/emulator"
	"resonanz/shared/awsenv"
	"resonanz/shared/period"
	"resonanz/shared/store"
)

// Evidence stands for what the report spends on each event of the month that it reads
// from the table.
const Evidence = "report: evidence"

// memory answers what was answered before without asking again, so that nothing is
// measured but the asking.
type memory struct {
	inner interface {
		Do(*http.Request) (*http.Response, error)
	}
	mu      sync.Mutex
	answers map[string][]byte
}

func (m *memory) Do(r *http.Request) (*http.Response, error) {
	asked, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	body, ok := m.answers[string(asked)]
	if !ok {
		r.Body = io.NopCloser(bytes.NewReader(asked))
		res, err := m.inner.Do(r)
		if err != nil {
			return nil, err
		}
		defer res.Body.Close()
		if body, err = io.ReadAll(res.Body); err != nil {
			return nil, err
		}
		m.answers[string(asked)] = body
	}
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/x-amz-json-1.0"}}, Body: io.NopCloser(bytes.NewReader(body)), Request: r,
	}, nil
}

// reading is what it takes to read an event of the month of at, in this process: the
// median of some rounds.
func reading(ctx context.Context, url string, at time.Time) (Effort, error) {
	m := &memory{inner: awsenv.HTTPClient(), answers: make(map[string][]byte)}
	table := store.New(dynamodb.New(dynamodb.Options{
		Region: emulator.Region, BaseEndpoint: &url, HTTPClient: m,
		Credentials: credentials.NewStaticCredentialsProvider(emulator.AccessKey, emulator.SecretKey, ""),
	}), tableName)
	var all []float64
	for range rounds {
		n, before := 0, processorTime()
		err := table.Month(ctx, period.Of(at, time.UTC), func(store.Entry) error { n++; return nil })
		if err != nil || n == 0 {
			return Effort{}, fmt.Errorf("measuring the evidence: %d events read: %w", n, err)
		}
		all = append(all, (processorTime()-before)/float64(n))
	}
	slices.Sort(all[1:]) // the first asks
	return Effort{Each: rounded(all[1:][(len(all)-1)/2])}, nil
}

// processorTime is that of this process so far, in milliseconds.
func processorTime() float64 {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e6
}
