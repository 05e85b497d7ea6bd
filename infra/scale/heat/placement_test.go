package heat

import "testing"

func TestMorePartitionsAndMoreKeysTakeMore(t *testing.T) {
	few, many, finer := Place(64, 4, 500, 1), Place(64, 16, 500, 1), Place(256, 16, 500, 1)
	if few.P50 >= many.P50 || many.P50 >= finer.P50 {
		t.Errorf("4: %v, 16: %v, 16 with 256 keys: %v", few.P50, many.P50, finer.P50)
	}
	for _, p := range []Placement{few, many, finer} {
		if p.P1 > p.P50 || p.P50 > p.Nominal {
			t.Errorf("%+v", p)
		}
	}
}

func TestOneKeyIsOnePartition(t *testing.T) {
	if p := Place(1, 32, 50, 1); p.P50 != PartitionWrites || p.P1 != PartitionWrites || p.Nominal != PartitionWrites {
		t.Errorf("%+v", p)
	}
}
