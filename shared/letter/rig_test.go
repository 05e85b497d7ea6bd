package letter_test

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/mail"
	"strings"
	"testing"
	"time"

	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/intake/intaketest"
	"resonanz/shared/letter"
)

const (
	public = "https://feedback.example.com"
	token  = "AQfdMzUAAAAAAAAAAAAAgE4AAGRlAAAAAEEAAAAAAAAAAAAAAAAAAAAA"
)

var noon = time.Date(2026, time.March, 10, 12, 0, 0, 0, time.UTC)

func writer(tb testing.TB, change ...func(*config.Config)) (*letter.Writer, *config.Config) {
	tb.Helper()
	cfg := intaketest.Config(tb)
	for _, c := range change {
		c(cfg)
	}
	w, err := letter.New(cfg, public+"/")
	if err != nil {
		tb.Fatal(err)
	}
	return w, cfg
}

func of(tb testing.TB, cfg *config.Config, id feedback.Touchpoint, l feedback.Language) letter.Letter {
	tb.Helper()
	tp := cfg.Touchpoint(id)
	if tp == nil {
		tb.Fatalf("no touchpoint %s", id)
	}
	return letter.Letter{
		Invitation: &feedback.Invitation{
			EventID: "018e4f6a-3c1b-7e2d-9f00-5a6b7c8d9e0f", ResponseKey: "2026-03-aaaaaaaaaaaaaaaa", Touchpoint: id, Language: l,
			ExpiresAt: time.Date(2026, time.March, 24, 13, 0, 0, 0, time.UTC),
		},
		Touchpoint: tp, Token: token,
	}
}

// parts reads a mail back: its headers and its two forms.
func parts(tb testing.TB, raw []byte) (h mail.Header, text, html string) {
	tb.Helper()
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		tb.Fatal(err)
	}
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		tb.Fatalf("content type %s, %v", kind, err)
	}
	forms := map[string]string{}
	var order []string
	for r := multipart.NewReader(m.Body, params["boundary"]); ; {
		p, err := r.NextPart() // decodes quoted-printable
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			tb.Fatal(err)
		}
		b, err := io.ReadAll(p)
		if err != nil {
			tb.Fatal(err)
		}
		kind, params, err := mime.ParseMediaType(p.Header.Get("Content-Type"))
		if err != nil || params["charset"] != "utf-8" {
			tb.Fatalf("part of type %q, %v", p.Header.Get("Content-Type"), err)
		}
		order = append(order, kind)
		forms[kind] = strings.ReplaceAll(string(b), "\r\n", "\n")
	}
	if got := strings.Join(order, " "); got != "text/plain text/html" {
		tb.Fatalf("parts %s", got)
	}
	return m.Header, forms["text/plain"], forms["text/html"]
}

func mustConfig(tb testing.TB) *config.Config {
	tb.Helper()
	return intaketest.Config(tb)
}
