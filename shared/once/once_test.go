package once

import (
	"context"
	"testing"
	"time"
)

func TestTheLeaseOutlivesTheInvocation(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	if got := lease(ctx); got < 30*time.Second || got > 40*time.Second {
		t.Errorf("lease %s of an invocation of 30 s, want a little longer", got)
	}
	if got := lease(t.Context()); got != leaseDefault {
		t.Errorf("lease %s without a deadline, want %s", got, leaseDefault)
	}
}
