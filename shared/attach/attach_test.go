package attach_test

import (
	"crypto/rand"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"resonanz/shared/attach"
	"resonanz/shared/casefile"
)

const number = casefile.Number("2603-7K2M-Q4XA")

func TestAKeyIsReadAsItWasWritten(t *testing.T) {
	for slot := 1; slot <= attach.MaxSlots; slot++ {
		want := attach.Key{Case: number, Slot: slot, Random: rand.Text()}
		got, err := attach.ParseKey(want.String())
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%v %s", err, diff)
		}
	}
}

func TestAnyOtherKeyIsNoneOfOurs(t *testing.T) {
	const good = "quarantine/2603-7K2M-Q4XA/1/ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	if _, err := attach.ParseKey(good); err != nil {
		t.Fatal(err)
	}
	for name, s := range map[string]string{
		"nothing":             "",
		"another place":       strings.Replace(good, "quarantine", "clean", 1),
		"above":               "quarantine/../" + good,
		"a slash before":      "/" + good,
		"a slash behind":      good + "/",
		"two slashes":         strings.Replace(good, "/1/", "//1/", 1),
		"no case":             strings.Replace(good, "2603-7K2M-Q4XA", "..", 1),
		"a case that is none": strings.Replace(good, "7K2M", "7KIM", 1),
		"slot 0":              strings.Replace(good, "/1/", "/0/", 1),
		"slot 4":              strings.Replace(good, "/1/", "/4/", 1),
		"slot 01":             strings.Replace(good, "/1/", "/01/", 1),
		"slot +1":             strings.Replace(good, "/1/", "/+1/", 1),
		"no slot":             strings.Replace(good, "/1/", "/", 1),
		"short":               good[:len(good)-1],
		"long":                good + "A",
		"lower case":          strings.ToLower(good),
		"a name":              good[:len(good)-4] + ".pdf",
		"a dot":               good[:len(good)-1] + ".",
		"a null":              good[:len(good)-1] + "\x00",
		"a letter of two":     good[:len(good)-2] + "Ä",
		"a placeholder":       strings.Replace(good, "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "${filename}", 1),
	} {
		if got, err := attach.ParseKey(s); !errors.Is(err, attach.ErrInvalid) {
			t.Errorf("%s: got %+v, %v", name, got, err)
		}
	}
}

func TestAnUploadHasOneNameAndOneCause(t *testing.T) {
	k := attach.Key{Case: number, Slot: 1, Random: "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
	if k.Object("0af3") != k.Object(`"0af3"`) || k.Cause("0af3") != k.Cause(`"0af3"`) {
		t.Error("quotes around an entity tag make another upload")
	}
	other := k
	other.Slot = 2
	seen := map[string]bool{}
	for _, name := range []string{
		k.Object("0af3"), k.Object("0af4"), other.Object("0af3"), string(k.Cause("0af3")), string(k.Cause("0af4")), string(other.Cause("0af3")),
	} {
		if seen[name] {
			t.Errorf("%s stands for two", name)
		}
		seen[name] = true
	}
	key, err := attach.CleanKey(number, k.Object("0af3"))
	if err != nil || key != "clean/2603-7K2M-Q4XA/"+k.Object("0af3") {
		t.Errorf("got %q, %v", key, err)
	}
	for _, object := range []string{"", "..", "../2603-AAAA-AAAA/aaaaaa", strings.Repeat("a", 23) + "/", strings.Repeat("A", 24), strings.Repeat("a", 25)} {
		if key, err := attach.CleanKey(number, object); !errors.Is(err, attach.ErrInvalid) {
			t.Errorf("%q: got %q, %v", object, key, err)
		}
	}
	if key, err := attach.CleanKey("../..", k.Object("0af3")); !errors.Is(err, attach.ErrInvalid) {
		t.Errorf("got %q, %v", key, err)
	}
}

func TestADownloadIsCalledByItsCase(t *testing.T) {
	for media, want := range map[string]string{
		"image/jpeg": "2603-7K2M-Q4XA-2.jpg", "image/png": "2603-7K2M-Q4XA-2.png", "image/webp": "2603-7K2M-Q4XA-2.webp",
		"application/pdf": "2603-7K2M-Q4XA-2.pdf", "text/html": "2603-7K2M-Q4XA-2.bin",
	} {
		if got := attach.FileName(number, casefile.Attachment{ID: "2", Type: media}); got != want {
			t.Errorf("%s: got %s, want %s", media, got, want)
		}
	}
	if got := attach.FileName(number, casefile.Attachment{ID: "\"\r\nX: y", Type: "image/png"}); strings.ContainsAny(got, "\"\r\n ") {
		t.Errorf("got %q", got)
	}
}
