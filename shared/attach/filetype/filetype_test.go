package filetype_test

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"testing"

	"pgregory.net/rapid"

	"resonanz/shared/attach/filetype"
)

// picture is a small image that is not all of one colour.
func picture() image.Image {
	m := image.NewRGBA(image.Rect(0, 0, 40, 30))
	for x := range 40 {
		for y := range 30 {
			m.Set(x, y, color.RGBA{uint8(x * 6), uint8(y * 8), uint8(x * y), 255})
		}
	}
	return m
}

func encoded(t testing.TB, encode func(*bytes.Buffer) error) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := encode(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func unBase64(t testing.TB, s string) []byte {
	t.Helper()
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// pdf is a PDF of one empty page.
func pdf() []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	var at []int
	for i, o := range []string{"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>", "<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>"} {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	table := b.Len()
	b.WriteString("xref\n0 4\n0000000000 65535 f \n")
	for _, n := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", n)
	}
	fmt.Fprintf(&b, "trailer\n<</Size 4/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", table)
	return b.Bytes()
}

// chunk is one of a RIFF container.
func chunk(name string, data []byte) []byte {
	b := binary.LittleEndian.AppendUint32([]byte(name), uint32(len(data)))
	if b = append(b, data...); len(data)%2 == 1 {
		b = append(b, 0)
	}
	return b
}

func webp(chunks ...[]byte) []byte {
	body := bytes.Join(append([][]byte{[]byte("WEBP")}, chunks...), nil)
	return append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(body))), body...)
}

// lossless and lossy are pictures of one pixel; extended is a picture of one
// with metadata beside it.
func lossless(t testing.TB) []byte {
	return unBase64(t, "UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==")
}

func lossy(t testing.TB) []byte {
	return unBase64(t, "UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA")
}

func extended(t testing.TB) []byte {
	return webp(chunk("VP8X", make([]byte, 10)), chunk("EXIF", []byte("odd")), lossless(t)[12:])
}

// files are one of each kind.
func files(t testing.TB) map[string][]byte {
	return map[string][]byte{
		"image/jpeg":      encoded(t, func(b *bytes.Buffer) error { return jpeg.Encode(b, picture(), nil) }),
		"image/png":       encoded(t, func(b *bytes.Buffer) error { return png.Encode(b, picture()) }),
		"image/webp":      lossless(t),
		"application/pdf": pdf(),
	}
}

func TestAWholeFileIsWhatItsContentSays(t *testing.T) {
	all := files(t)
	for media, b := range all {
		got, n, err := filetype.Of(b)
		if got != media || n != len(b) || err != nil {
			t.Errorf("%s: got %q, %d of %d bytes, %v", media, got, n, len(b), err)
		}
	}
	for name, b := range map[string][]byte{"lossy": lossy(t), "extended": extended(t)} {
		if got, n, err := filetype.Of(b); got != "image/webp" || n != len(b) || err != nil {
			t.Errorf("%s: got %q, %d of %d bytes, %v", name, got, n, len(b), err)
		}
	}
}

// Cameras put short films behind a picture, and others what nobody is to see.
func TestWhatFollowsTheEndOfAFileIsNoPartOfIt(t *testing.T) {
	archive := append([]byte("PK\x03\x04payload"), append([]byte("PK\x05\x06"), make([]byte, 18)...)...)
	for name, tail := range map[string][]byte{
		"film": []byte("\x00\x00\x00\x18ftypmp42"), "archive": archive, "page": []byte("<script>alert(1)</script>"), "zeros": make([]byte, 300),
	} {
		for media, b := range files(t) {
			got, n, err := filetype.Of(append(bytes.Clone(b), tail...))
			if got != media || n != len(b) || err != nil {
				t.Errorf("%s with %s: got %q, %d of %d bytes, %v", media, name, got, n, len(b), err)
			}
		}
	}
}

func TestAFileThatWasCutShortIsRefusedWhereverItWas(t *testing.T) {
	all := files(t)
	all["lossy"], all["extended"] = lossy(t), extended(t)
	for media, b := range all {
		whole := len(b)
		if media == "application/pdf" {
			whole-- // its last line need not end
		}
		for n := range whole {
			if got, _, err := filetype.Of(b[:n]); err == nil || got != "" {
				t.Fatalf("%s: %d of %d bytes are taken as %q", media, n, whole, got)
			}
		}
	}
}

func TestWhateverItsNameSaysAnythingElseIsRefused(t *testing.T) {
	for name, b := range map[string][]byte{
		"nothing":           {},
		"text":              []byte("Sehr geehrte Damen und Herren"),
		"page":              []byte("<!doctype html><script>alert(1)</script>"),
		"vector image":      []byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`),
		"program":           append([]byte("MZ\x90\x00"), make([]byte, 200)...),
		"unix program":      append([]byte("\x7fELF"), make([]byte, 200)...),
		"script":            []byte("#!/bin/sh\nrm -rf /\n"),
		"archive":           append([]byte("PK\x03\x04"), make([]byte, 200)...),
		"gif":               []byte("GIF89a\x01\x00\x01\x00\x00\x00\x00;"),
		"heic":              []byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"),
		"tiff":              []byte("II*\x00\x08\x00\x00\x00"),
		"another riff":      append([]byte("RIFF\x24\x00\x00\x00WAVEfmt "), make([]byte, 40)...),
		"pdf behind a page": append([]byte("<script>alert(1)</script>\n"), pdf()...),
		"pdf of no version": bytes.Replace(pdf(), []byte("1.7"), []byte("x.y"), 1),
		"zeros":             make([]byte, 4096),
	} {
		if got, _, err := filetype.Of(b); !errors.Is(err, filetype.ErrUnknown) {
			t.Errorf("%s: got %q, %v", name, got, err)
		}
	}
}

// comment is a JPEG with a comment behind its first marker.
func comment(b []byte, text string) []byte {
	segment := binary.BigEndian.AppendUint16([]byte{0xff, 0xfe}, uint16(len(text)+2))
	return append(append(append(bytes.Clone(b[:2]), segment...), text...), b[2:]...)
}

// named is a PNG with a chunk of text behind its header.
func named(b []byte, text string) []byte {
	data := append([]byte("tEXt"), text...)
	c := binary.BigEndian.AppendUint32(nil, uint32(len(text)))
	c = binary.BigEndian.AppendUint32(append(c, data...), crc32.ChecksumIEEE(data))
	const header = 8 + 25
	return append(append(bytes.Clone(b[:header]), c...), b[header:]...)
}

// archived ends with the directory of an archive whose comment is all that
// follows it.
func archived(b []byte, at int) []byte {
	rest := b[at:]
	directory := binary.LittleEndian.AppendUint16(append([]byte("PK\x05\x06"), make([]byte, 16)...), uint16(len(rest)))
	return append(append(bytes.Clone(b[:at]), directory...), rest...)
}

func TestAFileThatIsTwoKindsAtOnceIsRefused(t *testing.T) {
	all := files(t)
	last := bytes.LastIndex(all["application/pdf"], []byte("trailer"))
	for name, b := range map[string][]byte{
		"jpeg and pdf": comment(all["image/jpeg"], "%PDF-1.4\n1 0 obj"),
		"png and pdf":  named(all["image/png"], "Comment\x00%PDF-1.4"),
		"webp and pdf": webp(chunk("VP8X", make([]byte, 10)), chunk("EXIF", []byte("%PDF-1.4")), lossless(t)[12:]),
		"pdf and zip":  archived(all["application/pdf"], last),
	} {
		if got, _, err := filetype.Of(b); !errors.Is(err, filetype.ErrAmbiguous) {
			t.Errorf("%s: got %q, %v", name, got, err)
		}
	}
	for name, b := range map[string][]byte{
		"jpeg with a comment":       comment(all["image/jpeg"], "Grüße"),
		"png with a text":           named(all["image/png"], "Comment\x00Grüße"),
		"pdf that holds an archive": bytes.Replace(all["application/pdf"], []byte("trailer"), append(append([]byte("PK\x05\x06"), make([]byte, 18)...), "trailer"...), 1),
	} {
		if _, n, err := filetype.Of(b); err != nil || n != len(b) {
			t.Errorf("%s: got %d of %d bytes, %v", name, n, len(b), err)
		}
	}
}

func TestADamagedFileIsRefused(t *testing.T) {
	all := files(t)
	change := func(media string, at int, by ...byte) []byte {
		b := bytes.Clone(all[media])
		copy(b[at:], by)
		return b
	}
	jpg, doc := all["image/jpeg"], all["application/pdf"]
	scan, frame := bytes.Index(jpg, []byte{0xff, 0xda}), bytes.Index(jpg, []byte{0xff, 0xc0})
	jfif := append(bytes.Clone(jpg[:2]), "\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"...)
	for name, b := range map[string][]byte{
		"png, one byte":             change("image/png", 60, all["image/png"][60]^1),
		"png without data":          bytes.Replace(all["image/png"], []byte("IDAT"), []byte("iDAT"), 1),
		"png without size":          png0(0, 0),
		"jpeg without a scan":       append(bytes.Clone(jpg[:scan]), 0xff, 0xd9),
		"jpeg, a segment too long":  change("image/jpeg", 4, 0xff, 0xff),
		"jpeg, a segment too short": change("image/jpeg", 4, 0, 1),
		"jfif without a scan":       append(append(jfif, jpg[2:scan]...), 0xff, 0xd9),
		"jpeg without size":         change("image/jpeg", frame+5, 0, 0, 0, 0),
		"jpeg that starts twice":    append(append(bytes.Clone(jpg[:2]), 0xff, 0xd8, 0, 4, 0, 0), jpg[2:]...),
		"jpeg in a jpeg":            append(bytes.Clone(jpg[:2]), jpg...),
		"jpeg of nothing":           {0xff, 0xd8, 0xff, 0xd9},
		"webp without a picture":    webp(chunk("VP8X", make([]byte, 10)), chunk("EXIF", []byte("none"))),
		"webp, other first chunk":   webp(chunk("EXIF", []byte("none")), lossless(t)[12:]),
		"webp, damaged picture":     webp(chunk("VP8L", []byte{0x30, 0, 0, 0, 0})),
		"webp, chunk too long":      change("image/webp", 16, 0xff),
		"pdf without its table":     bytes.Replace(doc, []byte("startxref"), []byte("startXref"), 1),
		"pdf, table behind the end": bytes.Replace(doc, []byte("startxref\n"), []byte("startxref\n9"), 1),
		"pdf, table nowhere":        bytes.Replace(doc, []byte("startxref\n"), []byte("startxref\nx"), 1),
		"pdf, end far from the end": append(bytes.Clone(doc), make([]byte, 2048)...),
	} {
		if got, _, err := filetype.Of(b); !errors.Is(err, filetype.ErrBroken) {
			t.Errorf("%s: got %q, %v", name, got, err)
		}
	}
}

// png0 is a PNG that says it is so large, whole in its structure.
func png0(width, height uint32) []byte {
	b := []byte("\x89PNG\r\n\x1a\n")
	for _, c := range [][]byte{
		append(binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32([]byte("IHDR"), width), height), 8, 6, 0, 0, 0), []byte("IDAT"), []byte("IEND"),
	} {
		b = append(binary.BigEndian.AppendUint32(b, uint32(len(c)-4)), c...)
		b = binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(c))
	}
	return b
}

func TestAnImageThatUnpacksToTooMuchIsRefused(t *testing.T) {
	canvas := make([]byte, 10)
	copy(canvas[4:], []byte{0xff, 0xff, 0, 0xff, 0xff, 0})
	vast := files(t)["image/jpeg"]
	copy(vast[bytes.Index(vast, []byte{0xff, 0xc0})+5:], []byte{0xff, 0xff, 0xff, 0xff})
	for name, b := range map[string][]byte{
		"png": png0(100_000, 100_000), "png at the limit": png0(15_812, 15_812),
		"webp": webp(chunk("VP8X", canvas), lossless(t)[12:]), "jpeg": vast,
	} {
		if got, _, err := filetype.Of(b); !errors.Is(err, filetype.ErrTooLarge) {
			t.Errorf("%s: got %q, %v", name, got, err)
		}
	}
	if _, _, err := filetype.Of(png0(15_811, 15_811)); err != nil {
		t.Errorf("an image of 250 megapixels: %v", err)
	}
}

// Whatever is sent, it is refused or its end is within it; what was taken is
// taken again as the same when only that much of it is there.
func TestAnyBytesAreJudgedTheSameTwice(t *testing.T) {
	all := files(t)
	all["lossy"], all["extended"] = lossy(t), extended(t)
	rapid.Check(t, func(t *rapid.T) {
		b := bytes.Clone(all[rapid.SampledFrom([]string{"image/jpeg", "image/png", "image/webp", "application/pdf", "lossy", "extended"}).Draw(t, "file")])
		for range rapid.IntRange(0, 5).Draw(t, "changes") {
			b[rapid.IntRange(0, len(b)-1).Draw(t, "at")] = rapid.Byte().Draw(t, "to")
		}
		b = append(b, rapid.SliceOfN(rapid.Byte(), 0, 40).Draw(t, "tail")...)
		media, n, err := filetype.Of(b)
		if err != nil {
			return
		}
		if n < 1 || n > len(b) {
			t.Fatalf("%d of %d bytes", n, len(b))
		}
		again, m, err := filetype.Of(b[:n])
		if err != nil || again != media || m != n {
			t.Fatalf("%s of %d bytes, then %s of %d, %v", media, n, again, m, err)
		}
	})
}
