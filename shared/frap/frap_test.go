package frap

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"resonanz/shared/domaincases"
)

func TestCase11ProblemsRankByFrequencyAndRelevance(t *testing.T) {
	var w struct {
		Input    struct{ Mentions map[string][]int }
		Expected Ranking
	}
	domaincases.Load(t, "11", &w)
	var m Mentions
	for category, list := range w.Input.Mentions {
		for _, relevance := range list {
			if err := m.Add(category, relevance); err != nil {
				t.Fatal(err)
			}
		}
	}
	if len(w.Expected.Problems) != 7 {
		t.Fatalf("%d problems in the case, want 7", len(w.Expected.Problems))
	}
	if diff := cmp.Diff(w.Expected, m.Rank(), cmpopts.EquateApprox(0, domaincases.Tolerance)); diff != "" {
		t.Errorf("worked case (-) and ranking (+) differ:\n%s", diff)
	}
}

func TestWithoutMentionsNothingIsRanked(t *testing.T) {
	b, err := json.Marshal(new(Mentions).Rank())
	if err != nil || string(b) != `{"ranking":null,"mean_frequency":null,"mean_relevance_over_mentions":null,"rank_by_count_only":null}` {
		t.Errorf("%s, %v", b, err)
	}
}

func TestARelevanceOffTheScaleChangesNothing(t *testing.T) {
	var m Mentions
	for _, r := range []int{0, 6, -1} {
		if err := m.Add("other", r); err == nil {
			t.Errorf("relevance %d was counted", r)
		}
	}
	if len(m.Rank().Problems) != 0 {
		t.Error("something was counted")
	}
}

func TestTheOrderOfMentionsDoesNotMatterAndSharesAddUp(t *testing.T) {
	type mention struct {
		Category  string
		Relevance int
	}
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) mention {
			return mention{rapid.SampledFrom([]string{"a", "b", "c", "d"}).Draw(t, "category"), rapid.IntRange(1, 5).Draw(t, "relevance")}
		}), 1, 60).Draw(t, "mentions")
		rank := func() Ranking {
			var m Mentions
			for _, x := range list {
				if err := m.Add(x.Category, x.Relevance); err != nil {
					t.Fatal(err)
				}
			}
			return m.Rank()
		}
		first := rank()
		rand.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
		if diff := cmp.Diff(first, rank()); diff != "" {
			t.Fatal(diff)
		}
		sum := 0.0
		for i, p := range first.Problems {
			sum += p.IndexPct
			if i > 0 && p.Value > first.Problems[i-1].Value {
				t.Fatalf("%+v is ranked behind a smaller problem", p)
			}
		}
		if last := first.Problems[len(first.Problems)-1].CumulativePct; last != 100 || math.Abs(sum-100) > 1e-9 {
			t.Fatalf("shares add up to %v, cumulated %v", sum, last)
		}
	})
}
