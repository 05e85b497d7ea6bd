package observe_test

import (
	"errors"
	"runtime"
	"strings"
	"testing"

	"resonanz/shared/observe"
)

func TestAPanicIsToldWithoutQuotingAnyone(t *testing.T) {
	catch := func(f func()) (err error) {
		defer func() { err = observe.Recovered(recover()) }()
		f()
		return nil
	}
	err := catch(func() { panic("call me at 0123") })
	if strings.Contains(err.Error(), "0123") || !strings.Contains(err.Error(), "panic with a string") {
		t.Errorf("%v", err)
	}
	var none []int
	err = catch(func() { _ = none[len(none)] })
	var own runtime.Error
	if !errors.As(err, &own) || !strings.Contains(err.Error(), "index out of range") || !strings.Contains(err.Error(), "panic_test.go") {
		t.Errorf("%v", err)
	}
}
