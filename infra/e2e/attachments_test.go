package e2e

import (
	"bytes"
	"fmt"
	"html"
	"image"
	"image/color"
	"image/png"
	"mime"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/google/go-cmp/cmp"

	"resonanz/shared/casefile"
)

// upload is the form by which a browser sends a file straight to the bucket.
type upload struct {
	url    string
	fields [][2]string
}

var (
	uploadForm  = regexp.MustCompile(`(?s)<form id="up"[^>]*>.*?</form>`)
	actionField = regexp.MustCompile(`action="([^"]+)"`)
	hiddenField = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)"`)
)

// uploadFrom is the form on the status page; ok is false where it offers none.
func (k complainant) uploadFrom(t *testing.T) (u upload, ok bool) {
	t.Helper()
	page := do(t, http.MethodGet, k.page, "", "Accept", "text/html")
	form := uploadForm.FindString(page.Body)
	if page.Status != http.StatusOK || form == "" {
		return u, false
	}
	u.url = html.UnescapeString(actionField.FindStringSubmatch(form)[1])
	origin, _, _ := strings.Cut(strings.TrimPrefix(u.url, "http://"), "/")
	if !strings.Contains(page.Header.Get("Content-Security-Policy"), origin) {
		t.Errorf("the page's policy keeps browsers from sending to %s: %s", origin, page.Header.Get("Content-Security-Policy"))
	}
	for _, f := range hiddenField.FindAllStringSubmatch(form, -1) {
		u.fields = append(u.fields, [2]string{f[1], html.UnescapeString(f[2])})
	}
	return u, true
}

// send posts a file as a browser does: its name and its type are what the
// customer's machine says.
func (u upload) send(t *testing.T, name string, content []byte) answer {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for _, f := range u.fields {
		if err := form.WriteField(f[0], f[1]); err != nil {
			t.Fatal(err)
		}
	}
	part, err := form.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {fmt.Sprintf(`form-data; name="file"; filename=%q`, name)}, "Content-Type": {mime.TypeByExtension(filepath.Ext(name))},
	})
	if err == nil {
		_, err = part.Write(content)
	}
	if err == nil {
		err = form.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return do(t, http.MethodPost, u.url, body.String(), "Content-Type", form.FormDataContentType())
}

func picture(t *testing.T) []byte {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, 24, 16))
	m.Set(3, 3, color.RGBA{R: 200, A: 255})
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// entries counts the actions of a timeline.
func (k complainant) entries(t *testing.T) map[casefile.Action]int {
	t.Helper()
	n := map[casefile.Action]int{}
	for _, e := range k.timeline(t) {
		n[e.Action]++
	}
	return n
}

// files are the objects about the case below a folder of the bucket.
func (k complainant) files(t *testing.T, folder string) (keys []string) {
	t.Helper()
	bucket := s3.NewFromConfig(deployed.AWS(), func(o *s3.Options) { o.UsePathStyle = true })
	prefix := folder + "/" + string(k.number) + "/"
	page, err := bucket.ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: &deployed.AttachmentsBucket, Prefix: &prefix})
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range page.Contents {
		keys = append(keys, *o.Key)
	}
	return keys
}

func TestAFileIsLookedAtBeforeStaffGetIt(t *testing.T) {
	k := complain(t, "repair", nil)
	photo := picture(t)
	u, ok := k.uploadFrom(t)
	if !ok {
		t.Fatal("the status page takes no file")
	}
	a := u.send(t, "photo.png", photo)
	if a.Status != http.StatusSeeOther || !strings.HasPrefix(a.Header.Get("Location"), k.page) {
		t.Fatalf("sending a file: %d to %q: %.300s", a.Status, a.Header.Get("Location"), a.Body)
	}
	eventually(t, "the file let through", 60*time.Second, func() (bool, string) {
		n := k.entries(t)
		return n[casefile.Attaching] == 1, fmt.Sprint(n)
	})
	files := k.state(t).Handling.Attachments
	if len(files) != 1 || files[0].Type != "image/png" || files[0].Bytes != int64(len(photo)) {
		t.Fatalf("attachments: %+v", files)
	}
	got := do(t, http.MethodGet, "/v1/cases/"+string(k.number)+"/attachments/"+files[0].ID, "", "Authorization", clerk(t))
	if got.Status != http.StatusFound {
		t.Fatalf("fetching the file: %d %s", got.Status, got.Body)
	}
	file := do(t, http.MethodGet, got.Header.Get("Location"), "")
	if file.Status != http.StatusOK || file.Body != string(photo) || file.Header.Get("Content-Type") != "application/octet-stream" ||
		!strings.HasPrefix(file.Header.Get("Content-Disposition"), "attachment") {
		t.Errorf("the file: %d, %s, %q, %d bytes", file.Status, file.Header.Get("Content-Type"), file.Header.Get("Content-Disposition"), len(file.Body))
	}
	if left := k.files(t, "quarantine"); len(left) > 0 {
		t.Errorf("still in quarantine: %d", len(left))
	}
}

func TestAFileThatIsNotWhatItSaysIsRefused(t *testing.T) {
	k := complain(t, "repair", nil)
	for i, wrong := range []struct {
		name    string
		content []byte
	}{{"photo.png", []byte("<!doctype html><script>alert(1)</script>")}, {"letter.pdf", append([]byte("%PDF-1.7\n"), picture(t)...)}} {
		u, ok := k.uploadFrom(t)
		if !ok {
			t.Fatal("the status page takes no file")
		}
		if a := u.send(t, wrong.name, wrong.content); a.Status != http.StatusSeeOther {
			t.Fatalf("sending: %d %.300s", a.Status, a.Body)
		}
		eventually(t, "the file refused", 60*time.Second, func() (bool, string) {
			n := k.entries(t)
			return n[casefile.Refusing] == i+1, fmt.Sprint(n)
		})
	}
	if diff := cmp.Diff([]string(nil), append(k.files(t, "quarantine"), k.files(t, "clean")...)); diff != "" || len(k.state(t).Handling.Attachments) > 0 {
		t.Errorf("something was kept: %s", diff)
	}
}

// What was signed for one file of one case takes nothing else: not one that is
// too long, none under another name or into another case, none as something that a
// browser opens, and none that leads elsewhere. The emulator holds an upload to its
// policy as S3 does; that the policy is the signed one S3 checks alone.
func TestAnUploadIsHeldToWhatWasSignedFor(t *testing.T) {
	k := complain(t, "repair", nil)
	u, ok := k.uploadFrom(t)
	if !ok {
		t.Fatal("the status page takes no file")
	}
	long := append(picture(t), make([]byte, cfg.Complaints.AttachmentMB<<20)...)
	if a := u.send(t, "photo.png", long); a.Status != http.StatusBadRequest {
		t.Errorf("a file that is too long: %d %.200s", a.Status, a.Body)
	}
	other := complain(t, "repair", nil)
	for what, change := range map[string][2]string{
		"under another name": {"key", "clean/" + string(k.number) + "/1"},
		"into another case":  {"key", "quarantine/" + string(other.number) + "/1/ABCDEFGHIJKLMNOPQRSTUVWXYZ"},
		"as a page":          {"Content-Type", "text/html"},
		"to go elsewhere":    {"success_action_redirect", "https://evil.example/"},
	} {
		changed := upload{u.url, slices.Clone(u.fields)}
		for i := range changed.fields {
			if changed.fields[i][0] == change[0] {
				changed.fields[i][1] = change[1]
			}
		}
		if a := changed.send(t, "photo.png", picture(t)); a.Status != http.StatusForbidden {
			t.Errorf("%s: %d %.200s", what, a.Status, a.Body)
		}
	}
	if kept := append(other.files(t, "quarantine"), other.files(t, "clean")...); len(kept) > 0 {
		t.Errorf("kept with another case: %d files", len(kept))
	}
	if kept := append(k.files(t, "quarantine"), k.files(t, "clean")...); len(kept) > 0 {
		t.Errorf("kept: %d files", len(kept))
	}
}
