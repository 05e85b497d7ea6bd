package filetype

import (
	"bytes"
	"strconv"
)

func isPDF(b []byte) bool {
	return len(b) > 8 && bytes.HasPrefix(b, []byte("%PDF-")) && (b[5] == '1' || b[5] == '2') && b[6] == '.' && b[7] >= '0' && b[7] <= '9'
}

// endOfPDF finds the last line of a PDF, and before it the place of its table of
// objects (ISO 32000-2, 7.5.5). Readers look for the line in the last 1024 bytes.
func endOfPDF(b []byte) (int, error) {
	last := []byte("%%EOF")
	from := max(0, len(b)-pdfWithin)
	i := bytes.LastIndex(b[from:], last)
	if i < 0 {
		return 0, ErrBroken
	}
	end := from + i
	trailer := b[max(0, end-pdfWithin):end]
	start := bytes.LastIndex(trailer, []byte("startxref"))
	if start < 0 {
		return 0, ErrBroken
	}
	at, err := strconv.ParseUint(string(bytes.TrimSpace(trailer[start+len("startxref"):])), 10, 32)
	if err != nil || at == 0 || at >= uint64(end) {
		return 0, ErrBroken
	}
	end += len(last)
	for end < len(b) && (b[end] == '\r' || b[end] == '\n') {
		end++
	}
	return end, nil
}
