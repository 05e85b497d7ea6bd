package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"resonanz/infra/fault"
)

func TestACallLooksTheSameWhateverItIsAbout(t *testing.T) {
	for _, c := range []struct {
		name string
		call fault.Call
		want string
	}{
		{"an event", fault.Call{Service: "dynamodb", Action: "PutItem", Body: `{"Item":{"PK":{"S":"2026-03#1f"},"SK":{"S":"2026-03-aaaaaaaaaaaaaaaa#x"},"kind":{"S":"rating"}}}`},
			"dynamodb.PutItem LEDGER(rating)"},
		{"a mark", fault.Call{Service: "dynamodb", Action: "PutItem", Body: `{"Item":{"PK":{"S":"ONCE#0b0f4c7e-5f3e-4a64-9d6a-2f1f6f0f7b11#invite"},"SK":{"S":"-"},"state":{"S":"done"}}}`},
			"dynamodb.PutItem ONCE#…#invite(done)"},
		{"a transition", fault.Call{Service: "dynamodb", Action: "TransactWriteItems", Body: `{"TransactItems":[{"Put":{"Item":{"PK":{"S":"CASE#2603-7K2M-Q4XA"},"SK":{"S":"STATE"}}}},{"Put":{"Item":{"PK":{"S":"CASE#2603-7K2M-Q4XA"},"SK":{"S":"T#0004"}}}}]}`},
			"dynamodb.TransactWriteItems CASE#…/S+CASE#…/T"},
		{"an index", fault.Call{Service: "dynamodb", Action: "Query", Body: `{"IndexName":"due","ExpressionAttributeValues":{":shard":{"S":"0"}}}`}, "dynamodb.Query due"},
		{"a queue", fault.Call{Service: "sqs", Action: "SendMessageBatch", Body: `{"QueueUrl":"http://x/000000000000/Resonanz-dev-MailQueue0A1B2C3D-XyZ","Entries":[]}`},
			"sqs.SendMessageBatch Resonanz-dev-MailQueue"},
		{"a file of facts", fault.Call{Service: "s3", Action: "PutObject", Path: "/bucket/facts/month=2026-03/rating/0123456789abcdef.parquet"},
			"s3.PutObject facts/month=…/rating"},
		{"a mail", fault.Call{Service: "ses", Action: "SendRawEmail"}, "ses.SendRawEmail"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := looks(c.call); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

func TestTheSameSeedFailsTheSameCalls(t *testing.T) {
	one, again, other := random(7, 3, ""), random(7, 3, ""), random(8, 3, "")
	failed, differ := 0, 0
	for n := range 3000 {
		c := call{"courier", "ses.SendRawEmail", n%alikeAtRandom + 1}
		c.looks += string(rune('a' + n/alikeAtRandom))
		what, fails := one(c)
		if what2, fails2 := again(c); what2 != what || fails2 != fails {
			t.Fatalf("%s fails by %s and then by %s", c, what, what2)
		}
		if _, fails2 := other(c); fails2 != fails {
			differ++
		}
		if fails {
			failed++
		}
	}
	if failed < 150 || failed > 450 || differ == 0 {
		t.Errorf("%d of 3000 calls fail, %d others by another seed", failed, differ)
	}
	if _, fails := random(7, 3, "notify")(call{"courier", "ses.SendRawEmail", 1}); fails {
		t.Error("a function that was not asked for fails")
	}
}

func TestASweepStrikesEachCallBeforeAndAfterAndGivesUpOnWhatDoesNotCome(t *testing.T) {
	var seen []call
	for n := range 5 {
		seen = append(seen, call{"rating", "dynamodb.PutItem LEDGER(rating)", n + 1})
	}
	seen = append(seen, call{"courier", "ses.SendRawEmail", 1})
	s := newSweep(options{seed: 1}, seen)
	if s.planned != 2*(alike+1) {
		t.Fatalf("planned %d", s.planned)
	}
	never := call{"courier", "ses.SendRawEmail", 1}
	rounds := 0
	for ; ; rounds++ {
		targets := s.next()
		if len(targets) == 0 {
			break
		}
		at := map[call]bool{}
		r := &result{}
		for _, x := range targets {
			if at[x.call] {
				t.Fatalf("%s is to be struck twice in one round", x.call)
			}
			at[x.call] = true
			if x.call != never {
				r.hits = append(r.hits, strike{x})
			}
		}
		s.done(targets, r)
	}
	if len(s.struck) != 2*alike || len(s.missed) != 2 || rounds > 2*tries {
		t.Errorf("struck %d, missed %d in %d rounds", len(s.struck), len(s.missed), rounds)
	}
}

func TestOnlyAccidentsBetweenAnEffectAndItsMarkExplainARepetition(t *testing.T) {
	var got []bool
	for _, h := range []target{
		{call{"courier", "ses.SendRawEmail", 1}, fault.CutAfter},
		{call{"courier", "ses.SendRawEmail", 1}, fault.Cut},
		{call{"courier", "dynamodb.GetItem LEDGER", 1}, fault.CutAfter},
		{call{"courier", "dynamodb.PutItem ONCE#…#invite(done)", 1}, fault.KillBefore},
		{call{"escalation", "dynamodb.TransactWriteItems CASE#…/S", 1}, fault.KillAfter},
	} {
		got = append(got, window(strike{h}))
	}
	if diff := cmp.Diff([]bool{true, false, false, true, false}, got); diff != "" {
		t.Error(diff)
	}
}
