package main

import (
	"fmt"
	"slices"
	"strings"
)

// What is printed goes to the README between these lines.
const (
	beginning = "<!-- what make cost prints -->"
	ending    = "<!-- until here -->"
)

// service is a row of the table of one million ratings.
type service struct {
	name    string
	of      func(line) bool
	counted func(*model, *Prices, bill) string
}

func priced(prefixes ...string) func(line) bool {
	return func(l line) bool {
		return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(l.price, p) })
	}
}

func of(parts []string, is func(line) bool) func(line) bool {
	return func(l line) bool { return is(l) && slices.Contains(parts, l.part) }
}

func not(is func(line) bool) func(line) bool { return func(l line) bool { return !is(l) } }

func count(b bill, is func(line) bool) (n float64) {
	for _, l := range b {
		if is(l) {
			n += l.n
		}
	}
	return n
}

var (
	intake = []string{"rating", "card", "complaint", "cases", "invitation"}
	behind = not(func(l line) bool { return slices.Contains(intake, l.part) || l.part == "API" })
)

// rows of one million of something: the services in the order in which a rating meets them.
var rows = []service{
	{"HTTP API", priced("http_api."), func(_ *model, _ *Prices, b bill) string {
		return fmt.Sprintf("requests: %.3g each", count(b, priced("http_api.")))
	}},
	{"answers to the internet", priced("transfer."), func(_ *model, _ *Prices, b bill) string {
		return fmt.Sprintf("%.0f bytes each, headers included", count(b, priced("transfer."))*gb)
	}},
	{"Lambda, behind the API", of(intake, priced("lambda.")), func(m *model, _ *Prices, b bill) string {
		n := count(b, of(intake, priced("lambda.request")))
		return fmt.Sprintf("invocations: %.3g each, of %.1f ms", n, m.milliseconds(b)/n)
	}},
	{"DynamoDB", priced("dynamodb.write", "dynamodb.read"), func(_ *model, _ *Prices, b bill) string {
		return fmt.Sprintf("units written: %.3g each, read: %.3g", count(b, priced("dynamodb.write")), count(b, priced("dynamodb.read")))
	}},
	{"SQS", priced("sqs."), func(_ *model, _ *Prices, b bill) string {
		return fmt.Sprintf("requests: %.2g each, sent, received and deleted in batches", count(b, priced("sqs.")))
	}},
	{"Lambda, behind the stream", func(l line) bool { return behind(l) && strings.HasPrefix(l.price, "lambda.") }, func(_ *model, _ *Prices, b bill) string {
		return fmt.Sprintf("invocations: %.2g each", count(b, func(l line) bool { return behind(l) && l.price == "lambda.request" }))
	}},
	{"CloudWatch Logs", priced("logs."), func(_ *model, _ *Prices, b bill) string {
		return fmt.Sprintf("%.0f bytes each: a line of the API, one of the function, a share of the batches'", count(b, priced("logs."))*gb)
	}},
	{"S3", priced("s3."), func(_ *model, _ *Prices, b bill) string {
		return fmt.Sprintf("files: %.2g each; %d bytes, kept for a month", count(b, priced("s3.put")), factBytes)
	}},
}

// milliseconds are what the functions behind the API take for one journey.
func (m *model) milliseconds(b bill) (ms float64) {
	for _, l := range b {
		if l.price == "lambda.gb_second" && slices.Contains(intake, l.part) {
			ms += l.n * 1000 * mib / float64(m.stack.Functions()[l.part].Memory)
		}
	}
	return ms
}

// tables writes what everything costs, in Markdown.
func tables(m *model, p *Prices) (string, error) {
	var out strings.Builder
	oldest, newest := p.dates()
	fmt.Fprintf(&out, "List prices of %s in %s without free tiers, of %s to %s ([prices.json](infra/cost/prices.json) names each with its source); check them\nagainst your region. One million ratings from devices, %.0f million a month in %d hours a day:\n\n", p.Region, p.Currency, oldest, newest, ratingsAMonth/1e6, openHours)
	rating, err := m.journey("rating", monthly(ratingsAMonth))
	if err != nil {
		return "", err
	}
	simple := m.plain()
	fmt.Fprintf(&out, "| what | counted | USD | plain design |\n|---|---|---:|---:|\n")
	for _, r := range rows {
		other := p.usd(simple, r.of) * 1e6
		switch r.name {
		case "Lambda, behind the API":
			other = p.usd(simple, of([]string{"intake"}, priced("lambda."))) * 1e6
		case "Lambda, behind the stream":
			other = p.usd(simple, of([]string{"consumer"}, priced("lambda."))) * 1e6
		}
		fmt.Fprintf(&out, "| %s | %s | %.2f | %.2f |\n", r.name, r.counted(m, p, rating), p.usd(rating, r.of)*1e6, other)
	}
	fmt.Fprintf(&out, "| **together** | | **%.2f** | **%.2f** |\n\n", p.usd(rating, nil)*1e6, p.usd(simple, nil)*1e6)
	err = m.more(&out, p)
	return out.String(), err
}
