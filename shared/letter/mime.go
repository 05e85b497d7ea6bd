package letter

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"mime"
	"mime/quotedprintable"
	"net/mail"
	"strings"
	"time"
)

// ErrAddress says that no mail can be sent to, or from, an address.
var ErrAddress = errors.New("not an address that mail can be sent to")

// Mail is l as it travels to the address to: headers and the two forms as
// multipart/alternative (RFC 2046), the better one last. The same letter at the
// same time is the same bytes; SES adds the Message-ID. Errors: ErrAddress.
//
// List-Unsubscribe and its -Post let mail clients show a button that
// unsubscribes at once (RFC 8058). Auto-Submitted (RFC 3834), and for Exchange
// X-Auto-Response-Suppress, keep absence notices away; bounces still come.
func (w *Writer) Mail(to string, l Letter, at time.Time) ([]byte, error) {
	return w.mail(to, at, w.Write(l), fmt.Appendf(nil, "letter\x00%s\x00%t", l.Invitation.EventID, l.Reminder), [][2]string{
		{"List-Unsubscribe", "<" + oneLine(w.unsubscribe(l.leave())) + ">"},
		{"List-Unsubscribe-Post", "List-Unsubscribe=One-Click"},
	})
}

// CaseMail is m as it travels, like Mail. It is asked for by what the customer
// did, so there is nothing to unsubscribe from; Auto-Submitted keeps two machines
// from answering each other. Errors: ErrAddress.
func (w *Writer) CaseMail(to string, m CaseMail, at time.Time) ([]byte, error) {
	return w.mail(to, at, w.Case(m, at), fmt.Appendf(nil, "case\x00%s\x00%d", m.Case.Number, m.Step.Seq), nil)
}

// mail is c as it travels; id tells mails apart.
func (w *Writer) mail(to string, at time.Time, c Content, id []byte, more [][2]string) ([]byte, error) {
	recipient, err := address(to)
	if err != nil {
		return nil, fmt.Errorf("addressing a letter: %w", err)
	}
	sender, err := address(w.cfg.Notify.MailFrom)
	if err != nil {
		return nil, fmt.Errorf("addressing a letter: notify.mail_from: %w", err)
	}
	from := mail.Address{Name: oneLine(w.cfg.Organisation.Name), Address: sender.Address}
	boundary := boundaryOf(id)
	var b bytes.Buffer
	headers := append([][2]string{
		{"From", fold(from.String())},
		{"To", recipient.Address},
		{"Subject", fold(mime.QEncoding.Encode("utf-8", oneLine(c.Subject)))},
		{"Date", at.UTC().Format(time.RFC1123Z)},
		{"MIME-Version", "1.0"},
		{"Content-Language", string(c.Language)},
		{"Auto-Submitted", "auto-generated"},
		{"X-Auto-Response-Suppress", "OOF, AutoReply"},
		{"Content-Type", `multipart/alternative; boundary="` + boundary + `"`},
	}, more...)
	for _, h := range headers {
		b.WriteString(h[0] + ": " + h[1] + "\r\n")
	}
	for _, part := range [...][2]string{{"text/plain", c.Text}, {"text/html", c.HTML}} {
		b.WriteString("\r\n--" + boundary + "\r\nContent-Type: " + part[0] + "; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n")
		q := quotedprintable.NewWriter(&b)
		_, err := q.Write([]byte(strings.ReplaceAll(part[1], "\n", "\r\n")))
		if err == nil {
			err = q.Close()
		}
		if err != nil {
			return nil, fmt.Errorf("encoding a letter: %w", err)
		}
	}
	b.WriteString("\r\n--" + boundary + "--\r\n")
	return b.Bytes(), nil
}

// boundaryOf is what separates the parts. It begins with "=_", which
// quoted-printable never writes (RFC 2045, 6.7), so it cannot occur in a part.
func boundaryOf(id []byte) string {
	sum := sha256.Sum256(id)
	return "=_" + hex.EncodeToString(sum[:12])
}

// fold puts each encoded word on a line of its own: none may be longer than 76
// characters (RFC 2047, 2).
func fold(s string) string { return strings.ReplaceAll(s, "?= =?", "?=\r\n =?") }
