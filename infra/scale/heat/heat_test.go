package heat

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"pgregory.net/rapid"

	"resonanz/shared/intake"
	"resonanz/shared/throttle"
)

func TestABurstIsSpreadOverTheShardsOfItsMonth(t *testing.T) {
	h, err := Burst(t.Context(), NewRun(10_000, 5, 1))
	if err != nil {
		t.Fatal(err)
	}
	w := h.Of(Table)
	if w.Keys != 64 || w.Max > PartitionWrites/4 || w.Total != float64(h.Events) || len(h.Writes) != 1 {
		t.Errorf("%+v", h)
	}
}

func TestANewMonthHasKeysOfItsOwn(t *testing.T) {
	h, err := MonthEnds(t.Context(), NewRun(1000, 10, 1))
	if err != nil {
		t.Fatal(err)
	}
	if w := h.Of(Table); w.Keys != 128 || w.P50 != 0 && w.P50 > w.Max {
		t.Errorf("%+v", w)
	}
}

func TestAHotLinkKeepsWhatALinkMayAndStaysBelowItsPartition(t *testing.T) {
	h, err := HotLink(t.Context(), NewRun(500, 10, 1), Guard{throttle.Limit{Burst: 30, Every: 2 * time.Second}, 10})
	if err != nil {
		t.Fatal(err)
	}
	w := h.Of(Table)
	if w.Keys != 1 || w.Max > PartitionWrites || int(w.Total)-h.Refused != intake.MaxVersions {
		t.Errorf("%+v", h)
	}
}

func TestAPageReadsTheAnswersOfItsLink(t *testing.T) {
	reads := func(answers int) float64 {
		h, err := Looks(t.Context(), NewRun(100, 2, 1), Guard{throttle.Limit{Burst: 1000, Every: time.Millisecond}, 1}, answers)
		if err != nil {
			t.Fatal(err)
		}
		if len(h.Writes) != 0 || len(h.Reads) != 1 || h.Reads[0].Keys != 1 {
			t.Fatalf("%+v", h)
		}
		return h.Reads[0].Total / float64(h.Events)
	}
	if one, all := reads(1), reads(64); one != 1 || all < 6 || all > 9 {
		t.Errorf("a look reads %v units with one answer, %v with 64", one, all)
	}
}

func TestAHotDeviceIsHeldByEachInstance(t *testing.T) {
	h, err := HotDevice(t.Context(), NewRun(2000, 5, 1), Guard{throttle.Limit{Burst: 100, Every: 100 * time.Millisecond}, 4})
	if err != nil {
		t.Fatal(err)
	}
	if w := h.Of(Table); w.Total > 4*(100+5*10) || w.Keys < 32 {
		t.Errorf("%+v", h)
	}
}

func TestEveryOpenCaseIsOnOnePartitionOfTheIndex(t *testing.T) {
	h, err := Cases(t.Context(), NewRun(20, 3, 1))
	if err != nil {
		t.Fatal(err)
	}
	if due := h.Of(Due); due.Keys != 1 || due.Total < float64(h.Events) {
		t.Errorf("%+v", h)
	}
	if w := h.Of(Table); w.Keys != h.Events || w.Max > 12 {
		t.Errorf("%+v", w)
	}
}

func TestAChangeOfACaseMovesItsLine(t *testing.T) {
	h, err := HotCase(t.Context(), NewRun(10, 2, 1))
	if err != nil {
		t.Fatal(err)
	}
	// One line when it is opened, and two for each change: out of one place, into another.
	perLine := h.Of(Due).Total / float64(1+2*h.Events)
	if perLine != float64(int(perLine)) || h.Of(Table).Keys != 1 {
		t.Errorf("%v units a line; %+v", perLine, h)
	}
}

func TestBeatsMarkersAndCustomersFallWhereTheirKeysAre(t *testing.T) {
	beats, err := Beats(t.Context(), NewRun(0, 20, 1), 1000, 10*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	if due := beats.Of(Due); due.Keys != 4 || beats.Of(Table).Keys != 1000 || due.Total != 4000 { // 2,000 lines that move, out of one place and into another
		t.Errorf("beats: %+v", beats)
	}
	markers, err := Effects(t.Context(), NewRun(10, 2, 1))
	if err != nil {
		t.Fatal(err)
	}
	if w := markers.Of(Table); w.Keys != 20 || w.Total != 40 || w.Max != 2 {
		t.Errorf("markers: %+v", markers)
	}
	customers, err := Customers(t.Context(), NewRun(500, 3, 1), 10_000)
	if err != nil {
		t.Fatal(err)
	}
	if c := customers.Of(Customer); c.Total != float64(customers.Events) {
		t.Errorf("customers: %+v", customers)
	}
}

func TestTheSameSeedIsTheSameHeat(t *testing.T) {
	a, err := Burst(t.Context(), NewRun(200, 2, 7))
	if err != nil {
		t.Fatal(err)
	}
	b, err := Burst(t.Context(), NewRun(200, 2, 7))
	if err != nil {
		t.Fatal(err)
	}
	if a.Of(Table) != b.Of(Table) || a.Events != b.Events {
		t.Errorf("%+v and %+v", a, b)
	}
}

func TestAnItemIsAsLargeAsItsNamesAndValues(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, b := rapid.String().Draw(t, "text"), rapid.SliceOf(rapid.Byte()).Draw(t, "bytes")
		it := item{"PK": &types.AttributeValueMemberS{Value: s}, "digest": &types.AttributeValueMemberB{Value: b}, "ttl": &types.AttributeValueMemberN{Value: "1774000000"}}
		if got, want := size(it), 2+len(s)+6+len(b)+3+6; got != want {
			t.Errorf("size is %d, want %d", got, want)
		}
		if units := writeUnits(it); units < 1 || units*1024 < float64(size(it)) {
			t.Errorf("%v units for %d bytes", units, size(it))
		}
	})
}
