package filetype

import (
	"bytes"
	"encoding/binary"
)

func isWebP(b []byte) bool {
	return len(b) >= 12 && string(b[:4]) == "RIFF" && string(b[8:12]) == "WEBP"
}

// endOfWebP follows the chunks of the RIFF container (RFC 9649), which says its
// length.
func endOfWebP(b []byte) (int, error) {
	length := uint64(binary.LittleEndian.Uint32(b[4:])) + 8
	if length > uint64(len(b)) || length < 20 {
		return 0, ErrBroken
	}
	b = b[:length]
	pictures := 0
	for i := 12; i < len(b); {
		if i+8 > len(b) {
			return 0, ErrBroken
		}
		name, n := string(b[i:i+4]), uint64(binary.LittleEndian.Uint32(b[i+4:]))
		if n > uint64(len(b)-i-8) { //nolint:gosec // the loop leaves eight
			return 0, ErrBroken
		}
		data := b[i+8 : i+8+int(n)] //nolint:gosec // less than len(b)
		width, height, picture := measures(name, data)
		if i == 12 && width == 0 {
			return 0, ErrBroken // the first chunk says how large it is
		}
		if width != 0 || height != 0 {
			if err := size(width, height); err != nil {
				return 0, err
			}
		}
		if picture {
			pictures++
		}
		i += 8 + int(n+n%2) //nolint:gosec // less than len(b) + 1
	}
	if pictures == 0 {
		return 0, ErrBroken
	}
	return len(b), nil
}

// measures reads the width and height that a chunk tells, and whether it holds a
// picture; 0 for a chunk that tells none, or is damaged.
func measures(name string, b []byte) (width, height uint32, picture bool) {
	u24 := func(b []byte) uint32 { return uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16 }
	switch {
	case name == "VP8 " && len(b) >= 10 && b[0]&1 == 0 && bytes.Equal(b[3:6], []byte{0x9d, 0x01, 0x2a}):
		return uint32(binary.LittleEndian.Uint16(b[6:]) & 0x3fff), uint32(binary.LittleEndian.Uint16(b[8:]) & 0x3fff), true
	case name == "VP8L" && len(b) >= 5 && b[0] == 0x2f:
		bits := binary.LittleEndian.Uint32(b[1:])
		return bits&0x3fff + 1, bits>>14&0x3fff + 1, true
	case name == "VP8X" && len(b) >= 10:
		return u24(b[4:]) + 1, u24(b[7:]) + 1, false
	case name == "ANMF" && len(b) >= 24:
		return u24(b[6:]) + 1, u24(b[9:]) + 1, true
	}
	return 0, 0, false
}
