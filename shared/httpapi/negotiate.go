package httpapi

import (
	"strconv"
	"strings"

	"resonanz/shared/feedback"
)

// Language picks the language of an Accept-Language header (RFC 9110, section
// 12.5.4) among the offered ones: the highest quality wins, the earlier one on
// a tie; "de-AT" means de. It returns "" when none is named: "*" takes any, so the
// choice is the caller's.
func Language(accept string, offered []feedback.Language) feedback.Language {
	best, bestQ := feedback.Language(""), 0.0
	for part := range strings.SplitSeq(accept, ",") {
		tag, q := weighted(part)
		if q <= bestQ {
			continue
		}
		for _, l := range offered {
			if strings.EqualFold(primary(tag), string(l)) {
				best, bestQ = l, q
				break
			}
		}
	}
	return best
}

func primary(tag string) string {
	p, _, _ := strings.Cut(tag, "-")
	return p
}

// PrefersHTML reports whether an Accept header asks for a page rather than
// JSON: text/html is named, at a quality not below that of any JSON named.
func PrefersHTML(accept string) bool {
	html, json := 0.0, 0.0
	for part := range strings.SplitSeq(accept, ",") {
		media, q := weighted(part)
		switch media = strings.ToLower(media); {
		case media == "text/html" || media == "application/xhtml+xml":
			html = max(html, q)
		case media == "application/json" || strings.HasSuffix(media, "+json"):
			json = max(json, q)
		}
	}
	return html > 0 && html >= json
}

// weighted splits "de-AT;q=0.8" into its value and quality, 0..1. A quality
// that cannot be read counts as 0.
func weighted(part string) (value string, q float64) {
	value, params, _ := strings.Cut(part, ";")
	value, q = strings.TrimSpace(value), 1
	if value == "" {
		return "", 0
	}
	for p := range strings.SplitSeq(params, ";") {
		k, v, _ := strings.Cut(strings.TrimSpace(p), "=")
		if !strings.EqualFold(k, "q") {
			continue
		}
		f, err := strconv.ParseFloat(v, 64)
		if err != nil || !(f >= 0 && f <= 1) {
			return value, 0
		}
		q = f
	}
	return value, q
}

// TakesGzip reports whether an Accept-Encoding header (RFC 9110, section 12.5.3)
// names gzip and does not refuse it.
func TakesGzip(accept string) bool {
	for part := range strings.SplitSeq(accept, ",") {
		coding, params, _ := strings.Cut(part, ";")
		if strings.EqualFold(strings.TrimSpace(coding), "gzip") {
			q := strings.ReplaceAll(params, " ", "")
			return !strings.HasPrefix(q, "q=0") || strings.Trim(q, "q=0.") != ""
		}
	}
	return false
}
