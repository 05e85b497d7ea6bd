package filetype

import (
	"bytes"
	"encoding/binary"
	"image/jpeg"
)

func isJPEG(b []byte) bool { return bytes.HasPrefix(b, []byte{0xff, 0xd8, 0xff}) }

// Markers of JPEG (ITU-T T.81, table B.1).
const (
	endOfImage  = 0xd9
	startOfScan = 0xda
	temporary   = 0x01
	restart0    = 0xd0
	startImage  = 0xd8 // the last of RST0 to RST7 is one before it
)

// endOfJPEG follows the segments from marker to marker to the end of the image.
func endOfJPEG(b []byte) (int, error) {
	scans := 0
	for i := 2; ; {
		if i < len(b) && b[i] != 0xff {
			return 0, ErrBroken
		}
		for i < len(b) && b[i] == 0xff { // any number of fill bytes
			i++
		}
		if i >= len(b) {
			return 0, ErrBroken
		}
		marker := b[i]
		i++
		switch {
		case marker == endOfImage:
			if scans == 0 {
				return 0, ErrBroken
			}
			return i, frame(b[:i])
		case marker == 0 || marker == startImage:
			return 0, ErrBroken
		case marker == temporary || marker >= restart0 && marker < startImage:
			continue
		}
		if i+2 > len(b) {
			return 0, ErrBroken
		}
		n := int(binary.BigEndian.Uint16(b[i:]))
		if n < 2 || i+n > len(b) {
			return 0, ErrBroken
		}
		i += n
		if marker == startOfScan {
			scans++
			i = endOfScan(b, i)
		}
	}
}

// endOfScan is where the next marker after entropy-coded data begins, or the end
// of b.
func endOfScan(b []byte, i int) int {
	for ; i < len(b); i++ {
		if b[i] != 0xff {
			continue
		}
		if i+1 < len(b) && (b[i+1] == 0 || b[i+1] >= restart0 && b[i+1] < startImage) {
			i++
			continue
		}
		return i
	}
	return i
}

func frame(b []byte) error {
	c, err := jpeg.DecodeConfig(bytes.NewReader(b))
	if err != nil {
		return ErrBroken
	}
	return size(uint32(c.Width), uint32(c.Height)) //nolint:gosec // 16 bits each
}
