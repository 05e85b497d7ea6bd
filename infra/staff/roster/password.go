package roster

import (
	"crypto/rand"
	"math/big"
	"strings"
)

// Password makes a password that keeps every rule of the pool, out of more than
// 10^25: small and capital letters, a digit, and dashes that group it.
func Password() string {
	const letters = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ" // none that looks like another
	pick := func(from string) string {
		n, err := rand.Int(rand.Reader, big.NewInt(int64(len(from))))
		if err != nil {
			panic(err) // the system's source of randomness does not fail
		}
		return from[n.Int64() : n.Int64()+1]
	}
	var b strings.Builder
	b.WriteString(pick(letters[:24]) + pick(letters[24:]) + pick("23456789"))
	for i := range 15 {
		if i%5 == 0 {
			b.WriteString("-")
		}
		b.WriteString(pick(letters))
	}
	return b.String()
}
