package main

import (
	"os"
	"testing"

)

func TestPrint(t *testing.T) {
	r := newRig(t)
	k := r.complain()
	res := r.do(get("/v1/cases/" + string(k.Number)))
	os.WriteFile("/tmp/cases_gen/whole.json", []byte(res.Body), 0o644)
	res = r.do(get("/v1/cases"))
	os.WriteFile("/tmp/cases_gen/page.json", []byte(res.Body), 0o644)
	res = r.do(command(k.Number, "answer", k.Version, `{"text":"Wir haben Ihre Beschwerde gelesen und prüfen die Buchung."}`))
	os.WriteFile("/tmp/cases_gen/command.json", []byte(res.Body), 0o644)
}
