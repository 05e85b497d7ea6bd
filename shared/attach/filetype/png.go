package filetype

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image/png"
)

const pngSignature = "\x89PNG\r\n\x1a\n"

func isPNG(b []byte) bool { return bytes.HasPrefix(b, []byte(pngSignature)) }

// endOfPNG follows the chunks, each of which holds its checksum, to the last.
func endOfPNG(b []byte) (int, error) {
	data := false
	for i := len(pngSignature); i+12 <= len(b); {
		n := binary.BigEndian.Uint32(b[i:])
		if uint64(n) > uint64(len(b)-i-12) { //nolint:gosec // the loop leaves twelve
			return 0, ErrBroken
		}
		end := i + 8 + int(n)
		if crc32.ChecksumIEEE(b[i+4:end]) != binary.BigEndian.Uint32(b[end:]) {
			return 0, ErrBroken
		}
		switch string(b[i+4 : i+8]) {
		case "IDAT":
			data = true
		case "IEND":
			if !data || n != 0 {
				return 0, ErrBroken
			}
			c, err := png.DecodeConfig(bytes.NewReader(b))
			if err != nil {
				return 0, ErrBroken
			}
			return end + 4, size(uint32(c.Width), uint32(c.Height)) //nolint:gosec // 31 bits each
		}
		i = end + 4
	}
	return 0, ErrBroken
}
