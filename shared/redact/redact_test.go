package redact_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"resonanz/shared/redact"
)

// Each line once as customers write it: what is in «» is taken out.
var taken = []string{
	// de
	"Bitte melden: «kundin@example.com», danke!",
	"Meine Adresse ist «Max.Beispiel+laden@mail.example.com».",
	"erreichbar unter «vorname.nachname@example.co.uk» oder «0221 1234567»",
	"Rufen Sie mich an: «0151/23456789».",
	"Tel. «0221-123456»",
	"Tel.: «(0221) 12 34 56»",
	"Handy «+49 151 2345678» ab 18 Uhr",
	"Meine Nummer: «0049 221 1234567»",
	"Telefon «123456», bitte nachmittags",
	"bin mobil erreichbar: «0171 1234567»",
	"ruft an «+49(0)221/1234-567»",
	"kundin «at» nein, aber «kundin(at)example.com» ja",
	"«kundin [at] example [punkt] com»",
	"«kundin @ example.com»",
	"Zwei: «a@example.com», «b@example.org».",
	"«ümläut@bücher.example»",
	"(«kundin@example.com»)",
	"☎ «0221 998877»",
	// en
	"Call me back on «+44 20 7946 0958» please",
	"my phone: «020 7946 0958»",
	"mail «jane.o'doe@example.com» or ring me «01632 960961»",
	"«john dot» is fine but «john(at)example(dot)com» is not",
	"mobile «07700 900123»",
	"phone «555-0123»",
	// fr
	"Appelez-moi au «06 12 34 56 78» svp",
	"Tél : «+33 6 12 34 56 78»",
	"mon e-mail : «client@example.fr»",
	"joignable au «079 123 45 67»",
	"téléphone «022 123 45 67»",
	// it
	"Chiamatemi al «347 123 4567»",
	"il mio numero è «+39 347 1234567»",
	"cellulare «3471234567» grazie",
	"scrivete a «cliente@example.it»",
	"tel. «06 1234 5678»",
	// In pairs with points, as the French write them: no date, which ends after three.
	"rappelez au «06.12.34.56.78»",
	"«01.02.03.04.05» le matin",
}

// What stays as it was written.
var kept = []string{
	"", " ", "Alles gut!", "Sehr gut, 5 von 5 Sternen",
	// Prices
	"Es kostete 1.234.567,89 € statt 999,00 €.", "12.500.000 EUR Umsatz", "CHF 1'250'000.-", "1 234 567 € de frais", "$1,234,567.89", "über 10000000 Euro",
	// Numbers of something, as they are shortened
	"Kd-Nr 0012345678", "Kd.-Nr. 0012345678", "Versicherungsnummer 0123456789", "Best.-Nr. 0221123456", "Mitgliedsnr. 0012345678",
	// Dates and times
	"am 12.03.2026.", "vom 01.02.2026. 3 Wochen",
	"am 01.04.2026 um 08:30 Uhr", "2026-04-01 und 2026/04/02", "01/04/2026", "vom 01.04.2026 bis 15.04.2026", "seit 2019, 2020, 2021", "01-04-2026",
	"zwischen 08:00-18:00 Uhr", "2026-04-01T08:30:00",
	// Numbers of orders and the like
	"Bestellung 20260401123", "Bestellnummer: 0012345678", "Auftrag Nr. 00123456789", "Rechnung 2026-0001234", "Kundennummer 01234567",
	"order number 0123456789", "Order #0123456789", "invoice no. 0012345678", "commande n° 0123456789", "facture 0123456789",
	"ordine n. 0123456789", "fattura 0123456789", "Sendung 00340434161094021501", "Fall 2603-7K2M-Q4XA", "Artikel 0815-4711-123", "IBAN DE89370400440532013000",
	"EAN 4006381333931", "Ticket-Nr.: 0123456789", "Vertragsnummer 01234567890",
	// Other numbers
	"50667 Köln", "Musterstraße 12-14", "10 Minuten, dann 20, dann 30", "1 2 3 4 5 6 7 8 9", "Version 10.0.19045.2364", "IP 192.168.100.200",
	"Gerät AB-0123456789", "Modell X0123456789Y", "Stand 0123456 kWh", "3 von 10, 4 von 10", "100.000.000 mal",
	// Signs that are no addresses
	"@resonanz auf der Seite", "Preis @ 5 Euro", "treffen @ 8", "(at) ist ein Zeichen", "wer (at) was", "5 [at] 7", "a@b", "100 % (siehe oben)",
	// An empty claim
	"Ich bin telefonisch nie durchgekommen, nach 45 Minuten Warten habe ich aufgelegt.", "Ihre Hotline war 30 Minuten besetzt",
	"rufen Sie mich nicht an", "call centre: waited 25 minutes",
}

func TestAddressesAndTelephoneNumbersAreTakenOut(t *testing.T) {
	for _, line := range taken {
		line = strings.NewReplacer("«at»", "at", "«john dot»", "john dot").Replace(line)
		in := strings.NewReplacer("«", "", "»", "").Replace(line)
		want := line
		for {
			from := strings.Index(want, "«")
			if from < 0 {
				break
			}
			to := strings.Index(want, "»")
			mark := redact.Phone
			if secret := want[from:to]; strings.ContainsAny(secret, "@") || strings.Contains(secret, "at") {
				mark = redact.Email
			}
			want = want[:from] + mark + want[to+len("»"):]
		}
		if got := redact.Words(in); got != want {
			t.Errorf("%q:\n got %q\nwant %q", in, got, want)
		}
	}
}

func TestWhatIsNeitherStaysAsItWasWritten(t *testing.T) {
	for _, s := range kept {
		if got := redact.Words(s); got != s {
			t.Errorf("%q: got %q", s, got)
		}
	}
}

func TestWhateverIsWritten(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := rapid.String().Draw(rt, "words")
		got := redact.Words(s)
		if utf8.ValidString(s) && !utf8.ValidString(got) {
			rt.Errorf("%q: not UTF-8 any more: %q", s, got)
		}
		if again := redact.Words(got); again != got {
			rt.Errorf("%q: twice %q, once %q", s, again, got)
		}
		email := rapid.StringMatching(`[a-z][a-z0-9._+-]{0,20}[a-z0-9]@[a-z0-9]{1,20}\.[a-z]{2,6}`).Draw(rt, "email")
		if got := redact.Words("Hallo " + email + ", danke"); strings.Contains(got, email) {
			rt.Errorf("%q stays: %q", email, got)
		}
		phone := rapid.StringMatching(`(\+49 ?|0)[1-9][0-9]{2,3}[ /-]?[0-9]{6,8}`).Draw(rt, "phone")
		if got := redact.Words("Hallo " + phone + ", danke"); strings.Contains(got, phone) {
			rt.Errorf("%q stays: %q", phone, got)
		}
	})
}

func BenchmarkWords(b *testing.B) {
	s := strings.Repeat("Das Gerät war nach 10 Minuten 2 mal aus, am 01.04.2026 auch. ", 30) + "Tel. 0221 123456 kundin@example.com"
	b.SetBytes(int64(len(s)))
	for b.Loop() {
		redact.Words(s)
	}
}
