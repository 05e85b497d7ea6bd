package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"resonanz/shared/attach"
	"resonanz/shared/casefile"
	"resonanz/shared/lifecycle"
)

const attachments = "https://attachments.s3.eu-central-1.amazonaws.com"

func attached(slot string) lifecycle.Command {
	return lifecycle.Command{Do: casefile.Attaching, Attachment: &casefile.Attachment{ID: slot, Type: "image/png", Bytes: 1000}}
}

func withFiles(t *testing.T) (*rig, string) {
	t.Helper()
	r := newRig(t)
	r.files = files{attachments}
	return r, r.complain()
}

func TestAFileIsSentStraightToTheBucket(t *testing.T) {
	r, path := withFiles(t)
	res := r.get(path)
	for _, say := range []string{
		`enctype="multipart/form-data" action="` + attachments + `/attachments/"`, `data-max="10485760"`, `name="file" required`,
		`name="key" value="quarantine/` + string(r.number(path)) + `/1/`, `accept="image/jpeg,image/png,image/webp,application/pdf"`,
		fmt.Sprintf(`value="https://feedback.example.com%s?t=%d&amp;up=1"`, path, start.Unix()), "10 MB",
	} {
		if !strings.Contains(res.Body, say) {
			t.Errorf("lacks %s", say)
		}
	}
	if file, last := strings.Index(res.Body, `type="file"`), strings.LastIndex(res.Body, `name="x-amz-signature"`); file < last {
		t.Error("the file is not the last field: the bucket ignores what follows it")
	}
	if p := res.Headers["Content-Security-Policy"]; !strings.Contains(p, "form-action 'self' "+attachments+" https://feedback.example.com;") || !strings.Contains(p, "script-src 'sha256-") || strings.Contains(p, "unsafe") {
		t.Errorf("policy %s", p)
	}
}

func TestAFileIsSaidToBeLookedAtUntilItWas(t *testing.T) {
	for name, end := range map[string]lifecycle.Command{"accepted": attached("1"), "refused": {Do: casefile.Refusing, Reason: "wrong_type"}} {
		r, path := withFiles(t)
		r.at = r.at.Add(30 * time.Second)
		back := fmt.Sprintf("%s?t=%d&up=1&bucket=attachments&key=quarantine/x&etag=%%22x%%22", path, start.Unix())
		page := r.get(back).Body
		if !strings.Contains(page, "Ihre Datei wird gerade geprüft.") || !strings.Contains(page, "/2/") || strings.Contains(page, "Angekommen:") {
			t.Errorf("%s: not said, or the place is given twice", name)
		}
		r.apply(path, casefile.System, end)
		page = r.get(back).Body
		if strings.Contains(page, "gerade geprüft") {
			t.Errorf("%s: still said to be looked at", name)
		}
		if want := map[string]string{"accepted": "Angekommen: 1 von höchstens 3.", "refused": "Eine Datei konnten wir nicht annehmen."}[name]; !strings.Contains(page, want) {
			t.Errorf("%s: does not say %q", name, want)
		}
		if next := map[string]string{"accepted": "/2/", "refused": "/1/"}[name]; !strings.Contains(page, string(r.number(path))+next) {
			t.Errorf("%s: the next place is not %s", name, next)
		}
	}
}

func TestWhyAFileWasRefusedIsToldInTheWordsOfThePage(t *testing.T) {
	r, path := withFiles(t)
	for reason, say := range map[attach.Reason]string{
		attach.WrongType: "Möglich sind JPEG, PNG, WebP und PDF.", attach.Broken: "Sie ist beschädigt", attach.Ambiguous: "Sie ist beschädigt",
		attach.TooLarge: "Sie ist zu groß.", attach.Empty: "Sie ist leer.", attach.TooMany: "Mehr haben keinen Platz.", attach.CaseEnded: "Diese Beschwerde ist beendet.",
	} {
		if strings.Contains(r.get(path).Body, say) && reason != attach.Ambiguous && reason != attach.Broken {
			t.Errorf("%s: said before it happened", reason)
		}
		r.apply(path, casefile.System, lifecycle.Command{Do: casefile.Refusing, Reason: string(reason)})
		if !strings.Contains(r.get(path).Body, say) {
			t.Errorf("%s: not said", reason)
		}
	}
}

func TestThereIsRoomForSoManyFilesAndNoMore(t *testing.T) {
	r, path := withFiles(t)
	for slot := range 3 {
		r.apply(path, casefile.System, attached(fmt.Sprint(slot+1)))
	}
	if page := r.get(path).Body; strings.Contains(page, `type="file"`) || !strings.Contains(page, "Angekommen: 3 von höchstens 3.") {
		t.Error("a fourth is taken")
	}
	r, path = withFiles(t)
	if page := r.get(fmt.Sprintf("%s?t=%d&up=123", path, start.Unix())).Body; strings.Contains(page, `type="file"`) || !strings.Contains(page, "gerade geprüft") {
		t.Error("a fourth is taken while three are looked at")
	}
	for name, query := range map[string]string{
		"long ago": "?t=1&up=1", "ahead": "?t=99999999999&up=1", "no time": "?up=1", "no number": "?t=x&up=1", "too many": fmt.Sprintf("?t=%d&up=1231", start.Unix()), "markup": fmt.Sprintf("?t=%d&up=<b>", start.Unix()),
	} {
		if page := r.get(path + query).Body; strings.Contains(page, "gerade geprüft") || !strings.Contains(page, "/1/") {
			t.Errorf("%s: believed", name)
		}
	}
}

func TestFilesAreTakenOnlyWhereTheyHelp(t *testing.T) {
	r, path := withFiles(t)
	r.post(path, "do", "withdraw", "nonce", r.open(path))
	if page := r.get(path).Body; strings.Contains(page, `type="file"`) || strings.Contains(page, "<script") {
		t.Error("a withdrawn complaint takes files")
	}
	r, path = withFiles(t)
	r.cfg.Complaints.Attachments = 0
	if page := r.get(path).Body; strings.Contains(page, `type="file"`) || strings.Contains(page, "Fotos") {
		t.Error("takes files although none are configured")
	}
	r, path = withFiles(t)
	r.files = nil
	if page := r.get(path).Body; strings.Contains(page, `type="file"`) {
		t.Error("takes files without a bucket")
	}
}
