package main

import "testing"

// The code of a person stands for them wherever there is one: four eyes are told
// apart by it, and it stays when the person goes.
func TestTheCodeOfAPersonStandsBeforeTheSubjectOfTheToken(t *testing.T) {
	for name, c := range map[string]struct {
		code, sub, want string
	}{
		"a code and a subject": {"a.k", "142cd31f-a6d6-4a7e-afab-873d21efff29", "a.k"},
		"a subject alone":      {"", "142cd31f-a6d6-4a7e-afab-873d21efff29", "142cd31f-a6d6-4a7e-afab-873d21efff29"},
		"a code alone":         {"a.k", "", "a.k"},
		// It does not fall back: two people would become one, or one two.
		"a name as code": {"Frau Beispiel", "142cd31f-a6d6-4a7e-afab-873d21efff29", ""},
	} {
		q := as(get("/v1/cases"), c.sub, "resonanz/cases")
		if c.code != "" {
			q.RequestContext.Authorizer.JWT.Claims["staff_code"] = c.code
		}
		by, err := actor(&call{Request: q})
		if by.ID != c.want || (err != nil) != (c.want == "") {
			t.Errorf("%s: %q, %v", name, by.ID, err)
		}
	}
}
