package store_test

import (
	"testing"

	"resonanz/shared/store"
	"resonanz/shared/store/storetest"
)

func TestMemoryKeepsTheContract(t *testing.T) {
	storetest.Run(t, func(*testing.T) (storetest.Full, storetest.Full) {
		m := store.NewMemory()
		return m, m.Peer()
	})
}
