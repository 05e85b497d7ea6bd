// Package filetype tells by its content what a file is, and whether it is whole.
// Neither a name nor what a sender says is asked.
//
// A file is taken as what its first bytes say, if its structure holds from there
// to its end. What follows the end is no part of it: cameras put short films
// there, and others put what a scanner is not to see. A file that some programs
// would read as another kind is refused.
package filetype

import (
	"bytes"
	"encoding/binary"
	"errors"
)

// Why a file is not taken.
var (
	ErrUnknown   = errors.New("neither JPEG, PNG, WebP nor PDF")
	ErrBroken    = errors.New("cut short or damaged")
	ErrAmbiguous = errors.New("more than one kind of file at once")
	ErrTooLarge  = errors.New("an image of too many pixels")
)

// maxPixels bounds what a viewer must keep in memory: no camera takes more into
// a file of a few megabytes.
const maxPixels = 250e6

// kind is one kind of file: its media type, how it begins, and how long it is.
type kind struct {
	media  string
	begins func(b []byte) bool
	// end is the length of the file at the start of b; errors: ErrBroken, ErrTooLarge.
	end func(b []byte) (int, error)
}

func kinds() []kind {
	return []kind{
		{"image/jpeg", isJPEG, endOfJPEG},
		{"image/png", isPNG, endOfPNG},
		{"image/webp", isWebP, endOfWebP},
		{"application/pdf", isPDF, endOfPDF},
	}
}

// Of tells the media type of a file and how many of its bytes belong to it.
// Errors: ErrUnknown, ErrBroken, ErrAmbiguous, ErrTooLarge.
func Of(b []byte) (media string, length int, err error) {
	for _, k := range kinds() {
		if !k.begins(b) {
			continue
		}
		n, err := k.end(b)
		if err == nil && ambiguous(k.media, b[:n]) {
			err = ErrAmbiguous
		}
		if err != nil {
			return "", 0, err
		}
		return k.media, n, nil
	}
	return "", 0, ErrUnknown
}

// Readers of PDF look for its first line this far into a file, readers of ZIP
// for its directory this far before its end.
const (
	pdfWithin  = 1024
	zipTrailer = 22
	zipWithin  = zipTrailer + 1<<16
)

// ambiguous reports whether a file is a PDF or a ZIP archive beside what it
// begins as.
func ambiguous(media string, b []byte) bool {
	if media != "application/pdf" && bytes.Contains(b[:min(len(b), pdfWithin)], []byte("%PDF-")) {
		return true
	}
	for tail := b[max(0, len(b)-zipWithin):]; ; tail = tail[1:] {
		i := bytes.Index(tail, []byte("PK\x05\x06"))
		if i < 0 || len(tail)-i < zipTrailer {
			return false
		}
		tail = tail[i:]
		if comment := int(binary.LittleEndian.Uint16(tail[zipTrailer-2:])); comment == len(tail)-zipTrailer {
			return true
		}
	}
}

// size checks the measures of an image.
func size(width, height uint32) error {
	switch {
	case width == 0 || height == 0:
		return ErrBroken
	case float64(width)*float64(height) > maxPixels:
		return ErrTooLarge
	}
	return nil
}
