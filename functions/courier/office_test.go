package main

import (
	"crypto/rand"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/ses"
	"github.com/google/go-cmp/cmp"

	"resonanz/infra/local/emulator"     //nolint:depguard // a test may start the emulator
	"resonanz/infra/local/emulatortest" //nolint:depguard // a test may start the emulator
	"resonanz/shared/awsenv"
	"resonanz/shared/config"
	"resonanz/shared/letter"
)

func client(url string) *ses.Client {
	return ses.New(ses.Options{
		Region: emulator.Region, BaseEndpoint: &url, HTTPClient: awsenv.HTTPClient(), RetryMaxAttempts: 1,
		Credentials: aws.NewCredentialsCache(credentials.NewStaticCredentialsProvider(emulator.AccessKey, emulator.SecretKey, "")),
	})
}

// TestTheEmulatorsSESReadsTheMail: it parses mail with a library of another
// language than we write it with.
func TestTheEmulatorsSESReadsTheMail(t *testing.T) {
	url := emulatortest.URL(t)
	sender := strings.ToLower(rand.Text()) + "@example.com" // nobody else's, on an emulator that runs already
	r := newRig(t, func(c *config.Config) { c.Notify.MailFrom = sender })
	r.office.api = client(url)
	in := invited(t, r.memory)
	if n := r.deliver(t, body(t, in, false)); n != 1 {
		t.Error("a sender that is not verified yet: the mail does not come again")
	}
	if _, err := client(url).VerifyEmailIdentity(t.Context(), &ses.VerifyEmailIdentityInput{EmailAddress: &sender}); err != nil {
		t.Fatal(err)
	}
	if n := r.deliver(t, body(t, in, false)); n != 0 {
		t.Fatalf("not sent: %s", r.out.String())
	}
	all, err := emulator.Mails(t.Context(), url)
	all = slices.DeleteFunc(all, func(m emulator.Mail) bool { return !strings.Contains(m.From, sender) })
	if err != nil || len(all) != 1 {
		t.Fatalf("%d mails, %v", len(all), err)
	}
	got := all[0]
	want := r.writer.Write(letter.Letter{Invitation: &in, Touchpoint: r.cfg.Touchpoint(in.Touchpoint), Token: "TOKEN"})
	unix := func(s string) string { return strings.ReplaceAll(s, "\r\n", "\n") }
	if diff := cmp.Diff([]string{customer}, got.To); diff != "" {
		t.Errorf("to (-want +got):\n%s", diff)
	}
	for name, c := range map[string][2]string{"text": {want.Text, got.Text}, "HTML": {want.HTML, got.HTML}} {
		first, rest, _ := strings.Cut(c[0], "TOKEN")
		if !strings.HasPrefix(unix(c[1]), first) || !strings.HasSuffix(unix(c[1]), rest[strings.LastIndex(rest, "TOKEN")+len("TOKEN"):]) {
			t.Errorf("%s was read as\n%s", name, c[1])
		}
	}

	n := r.complains(t)
	if failed := r.deliver(t, r.informs(t, n)...); failed != 0 {
		t.Fatalf("not sent: %s", r.out.String())
	}
	all, err = emulator.Mails(t.Context(), url)
	all = slices.DeleteFunc(all, func(m emulator.Mail) bool {
		return !strings.Contains(m.From, sender) || !strings.Contains(m.Subject, string(n))
	})
	if err != nil || len(all) != 1 {
		t.Fatalf("%d mails of the case, %v", len(all), err)
	}
	if m := all[0]; !strings.Contains(unix(m.Text), "> I waited for an hour.\n") || !statusPage.MatchString(m.Text) || !statusPage.MatchString(m.HTML) {
		t.Errorf("the mail of the case was read as\n%s\n%s", m.Text, m.HTML)
	}
}

// TestOnlyAnAddressThatSESCannotReadIsRefusedForGood, by what the client of SES
// makes of its answers.
func TestOnlyAnAddressThatSESCannotReadIsRefusedForGood(t *testing.T) {
	for code, want := range map[string]bool{
		"InvalidParameterValue":              true,
		"Throttling":                         false,
		"MessageRejected":                    false,
		"AccountSendingPausedException":      false,
		"ConfigurationSetDoesNotExist":       false,
		"MailFromDomainNotVerifiedException": false,
		"AccessDenied":                       false,
		"InternalFailure":                    false,
	} {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/xml")
			w.WriteHeader(http.StatusBadRequest)
			_, _ = io.WriteString(w, `<ErrorResponse xmlns="http://ses.amazonaws.com/doc/2010-12-01/"><Error><Type>Sender</Type><Code>`+code+
				`</Code><Message>about `+customer+`</Message></Error><RequestId>1</RequestId></ErrorResponse>`)
		}))
		o := &office{api: client(srv.URL), from: "feedback@example.com", configuration: "customers"}
		err := o.send(t.Context(), customer, []byte("x"))
		srv.Close()
		if err == nil || errors.Is(err, errRefused) != want || strings.Contains(err.Error(), "kundin") {
			t.Errorf("%s: %v, refused for good: want %v", code, err, want)
		}
		if !strings.Contains(err.Error(), strings.TrimSuffix(code, "Exception")) {
			t.Errorf("%s: the error names another code: %v", code, err)
		}
	}
}
