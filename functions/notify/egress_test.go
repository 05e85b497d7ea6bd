package main

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestARedirectIsNotFollowed(t *testing.T) {
	followed := false
	inside := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { followed = true }))
	defer inside.Close()
	for _, code := range []int{301, 302, 303, 307, 308} {
		receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, inside.URL, code) }))
		res, err := newWebhookClient(true).Post(receiver.URL, "application/json", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if res.StatusCode != code || followed {
			t.Errorf("%d became %d, followed: %v", code, res.StatusCode, followed)
		}
		receiver.Close()
	}
}

// Refused when it is dialled, whatever was checked before: a name may lead somewhere
// else by then.
func TestNoAddressInsideIsDialled(t *testing.T) {
	for _, address := range []string{
		"http://169.254.169.254/latest/meta-data/", "http://[fd00:ec2::254]/latest/meta-data/", "http://[::ffff:169.254.169.254]/", "http://169.254.170.2/v2/credentials",
		"http://100.100.100.200/", "http://10.0.0.1/", "http://172.16.0.1/", "http://192.168.1.1/", "http://0.0.0.0:9001/", "http://[::]:9001/", "http://[fe80::1]/", "http://[64:ff9b::a9fe:a9fe]/",
	} {
		for _, local := range []bool{false, true} {
			if err := get(newWebhookClient(local), address); !errors.Is(err, errPrivate) {
				t.Errorf("%s, local %v: %v", address, local, err)
			}
		}
	}
	t.Setenv("HTTP_PROXY", "http://127.0.0.1:1")
	t.Setenv("HTTPS_PROXY", "http://127.0.0.1:1")
	if newWebhookClient(true).Transport.(*http.Transport).Proxy != nil {
		t.Error("a proxy decides where it goes")
	}
}
