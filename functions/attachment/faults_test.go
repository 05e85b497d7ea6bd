package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"testing"

	"resonanz/shared/attach"
	"resonanz/shared/casefile"
)

// errCrash stands for a process that ended at a call.
var errCrash = errors.New("the process ended")

// crashing ends the process at its n-th call of bucket or table, before it or
// right after it.
type crashing struct {
	*rig
	n, calls int
	after    bool
}

func (c *crashing) at(do func() error) error {
	c.calls++
	if c.calls != c.n {
		return do()
	}
	if c.after {
		if err := do(); err != nil {
			return err
		}
	}
	return errCrash
}

func (c *crashing) get(ctx context.Context, key, etag string, most int64) (b []byte, err error) {
	err = c.at(func() error { b, err = c.shelf.get(ctx, key, etag, most); return err })
	return b, err
}

func (c *crashing) put(ctx context.Context, key string, body []byte) error {
	return c.at(func() error { return c.shelf.put(ctx, key, body) })
}

func (c *crashing) remove(ctx context.Context, key string) error {
	return c.at(func() error { return c.shelf.remove(ctx, key) })
}

func (c *crashing) GetCase(ctx context.Context, n casefile.Number) (out *casefile.Case, err error) {
	err = c.at(func() error { out, err = c.memory.GetCase(ctx, n); return err })
	return out, err
}

func (c *crashing) Timeline(ctx context.Context, n casefile.Number) (out []casefile.Entry, err error) {
	err = c.at(func() error { out, err = c.memory.Timeline(ctx, n); return err })
	return out, err
}

func (c *crashing) UpdateCase(ctx context.Context, s *casefile.Case, es ...*casefile.Entry) error {
	return c.at(func() error { return c.memory.UpdateCase(ctx, s, es...) })
}

func TestACrashAnywhereLeavesNothingHalfDone(t *testing.T) {
	for _, body := range map[string][]byte{"taken": photo(t), "refused": []byte("no image")} {
		crashes := 0
		for n := 1; n < 20; n++ {
			for _, after := range []bool{false, true} {
				r := newRig(t)
				u := r.upload(1, 0, body)
				c := &crashing{rig: r, n: n, after: after}
				r.objects, r.cases = c, c
				if again := r.deliver(message(u)); c.calls < n {
					continue // it was done before the n-th call
				} else if again == 0 {
					t.Fatalf("call %d: failed, and the message is said to be done", n)
				}
				crashes++
				r.objects, r.cases = r.shelf, r.memory
				if again := r.deliver(message(u)); again != 0 {
					t.Fatalf("call %d: comes again: %s", n, &r.out)
				}
				name := fmt.Sprintf("crash at call %d, after it: %v", n, after)
				lines, files := r.since(), r.state().Handling.Attachments
				if len(lines) != 1 {
					t.Errorf("%s: timeline %+v", name, lines)
				}
				left := r.shelf.keys()
				if bytes.Equal(body, photo(t)) {
					if len(files) != 1 || len(left) != 1 || left[0] != attach.Clean+string(r.number)+"/"+files[0].Object {
						t.Errorf("%s: %+v, in the bucket %v", name, files, left)
					}
				} else if len(files) != 0 || len(left) != 0 {
					t.Errorf("%s: %+v, in the bucket %v", name, files, left)
				}
			}
		}
		if crashes < 8 {
			t.Errorf("only %d crashes", crashes)
		}
	}
}

// The case ended between the copy and the word of it: the copy goes.
func TestACopyThatNoCaseTellsOfIsDeleted(t *testing.T) {
	r := newRig(t)
	u := r.upload(1, 0, photo(t))
	c := &crashing{rig: r, n: 5} // the record, after get, case, timeline and copy
	r.objects, r.cases = c, c
	if r.deliver(message(u)) != 1 || len(r.shelf.keys()) != 2 {
		t.Fatalf("in the bucket: %v", r.shelf.keys())
	}
	r.objects, r.cases = r.shelf, r.memory
	r.withdraw()
	if r.deliver(message(u)); len(r.shelf.keys()) != 0 {
		t.Errorf("in the bucket: %v", r.shelf.keys())
	}
}

// busy changes the case right before a write, so many times.
type busy struct {
	*rig
	n int
}

func (b *busy) UpdateCase(ctx context.Context, c *casefile.Case, es ...*casefile.Entry) error {
	if b.n > 0 {
		b.n--
		now, err := b.memory.GetCase(ctx, c.Number)
		if err != nil {
			return err
		}
		if err := b.memory.UpdateCase(ctx, now, &casefile.Entry{At: noon, Action: casefile.Noting}); err != nil {
			return err
		}
	}
	return b.memory.UpdateCase(ctx, c, es...)
}

func (b *busy) GetCase(ctx context.Context, n casefile.Number) (*casefile.Case, error) {
	return b.memory.GetCase(ctx, n)
}

func (b *busy) Timeline(ctx context.Context, n casefile.Number) ([]casefile.Entry, error) {
	return b.memory.Timeline(ctx, n)
}

func TestACaseThatChangesMeanwhileIsReadAgain(t *testing.T) {
	r := newRig(t)
	r.cases = &busy{r, tries - 1}
	if again := r.deliver(message(r.upload(1, 0, photo(t)))); again != 0 || len(r.state().Handling.Attachments) != 1 {
		t.Errorf("%d come again, %+v", again, r.state().Handling)
	}
	r.cases = &busy{r, tries}
	u := r.upload(2, 1, screenshot(t, 20))
	if again := r.deliver(message(u)); again != 1 {
		t.Error("a file is given up on for a busy case")
	}
	if again := r.deliver(message(u)); again != 0 || len(r.state().Handling.Attachments) != 2 {
		t.Errorf("%d come again, %+v", again, r.state().Handling)
	}
}
