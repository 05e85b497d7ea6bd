package consume_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"resonanz/events"
	"resonanz/shared/consume"
)

func TestEveryTypeOfMessageIsRead(t *testing.T) {
	for want, body := range map[events.Type]string{
		events.TypeStored:   `{"v":1,"type":"stored","stored":{}}`,
		events.TypeDeadline: `{"v":1,"type":"deadline","deadline":{}}`,
		events.TypeAlert:    `{"v":1,"type":"alert","alert":{}}`,
		events.TypeInvite:   `{"v":1,"type":"invite","invite":{}}`,
		events.TypeSilence:  `{"v":1,"type":"silence","silence":{}}`,
	} {
		if m, err := consume.Decode(body); err != nil || m.Type != want {
			t.Errorf("%s: %+v, %v", want, m, err)
		}
		for _, bad := range []string{
			`{"v":1,"type":"` + string(want) + `"}`,
			`{"v":1,"type":"` + string(want) + `","stored":{},"deadline":{},"alert":{},"invite":{},"silence":{}}`,
		} {
			if _, err := consume.Decode(bad); !consume.IsPoison(err) {
				t.Errorf("%s: %v, want poison", bad, err)
			}
		}
	}
}

func TestBodiesOfOthersComeAsTheyAre(t *testing.T) {
	k, dlq, _ := consumer()
	var seen []string
	out := k.Raw(t.Context(), batch("a line", `{"v":9}`, "later", "never", "panic", "", "last"), func(_ context.Context, body string, _ consume.Meta) error {
		seen = append(seen, body)
		switch body {
		case "later":
			return errors.New("not now")
		case "never":
			return consume.Poison(errors.New("unreadable"))
		case "panic":
			panic("here")
		}
		return nil
	})
	if diff := cmp.Diff([]string{"a line", `{"v":9}`, "later", "never", "panic", "", "last"}, seen); diff != "" {
		t.Errorf("bodies (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"m2", "m4"}, failures(out)) + cmp.Diff([]letter{{"never", "unreadable", "m3"}}, dlq.letters); diff != "" {
		t.Errorf("failed, put aside (-want +got):\n%s", diff)
	}
}
