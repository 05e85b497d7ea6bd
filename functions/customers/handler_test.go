package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"resonanz/shared/customer"
	"resonanz/shared/erasure"
	"resonanz/shared/httpapi"
	"resonanz/shared/observe"
	"resonanz/shared/store"
)

// office hands out and erases what a test says.
type office struct {
	page   *customer.Page
	done   customer.Done
	err    error
	asked  []string // key and cursor
	erased []string // key and code
}

func (o *office) Gather(_ context.Context, customerKey, cursor string) (*customer.Page, error) {
	o.asked = append(o.asked, customerKey+" "+cursor)
	return o.page, o.err
}

func (o *office) Customer(_ context.Context, customerKey, by string) (customer.Done, error) {
	o.erased = append(o.erased, customerKey+" "+by)
	return o.done, o.err
}

func newHandler(o *office) (*handler, *bytes.Buffer) {
	log := new(bytes.Buffer)
	return &handler{reader: o, eraser: o, metrics: observe.NewMetricsTo(log, "customers", time.Now), log: observe.LoggerTo(log, "customers", slog.LevelInfo), now: time.Now}, log
}

// request is one that the authorizer let through.
func request(method, path, query, scope string) *httpapi.Request {
	r := &httpapi.Request{RawPath: path, RawQueryString: query}
	r.RequestContext.HTTP.Method = method
	r.RequestContext.Authorizer = &httpapi.Authorizer{JWT: &httpapi.JWT{
		Claims: map[string]string{"sub": "7f1c", "staff_code": "d.s", "scope": scope}, Scopes: strings.Fields(scope),
	}}
	return r
}

func handle(t *testing.T, h *handler, r *httpapi.Request) httpapi.Response {
	t.Helper()
	res, err := h.Handle(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

const secretKey = "K-4711-geheim"

func TestAPageIsHandedOutToWhoMayHaveIt(t *testing.T) {
	o := &office{page: &customer.Page{Format: 1, CustomerKey: secretKey, Next: "further"}}
	h, log := newHandler(o)
	res := handle(t, h, request("GET", prefix+secretKey, "cursor=abc", scope))
	if res.StatusCode != 200 || !strings.Contains(res.Body, `"next":"further"`) || len(o.asked) != 1 || o.asked[0] != secretKey+" abc" || res.Headers["Cache-Control"] != "no-store" {
		t.Errorf("%+v, asked %q", res, o.asked)
	}
	if strings.Contains(log.String(), secretKey) || !strings.Contains(log.String(), string(erasure.Customer(secretKey))) || !strings.Contains(log.String(), `"by":"d.s"`) {
		t.Errorf("the log must say who asked and by hash about whom:\n%s", log)
	}
}

func TestAnErasureSaysWhetherSomethingIsLeft(t *testing.T) {
	for name, x := range map[string]struct {
		done   customer.Done
		status int
		says   string
		retry  string
	}{
		"whole":            {customer.Done{Responses: 2, Events: 5}, 200, `"status":"erased"`, ""},
		"no time for all":  {customer.Done{Responses: 900, Left: true}, 202, `"status":"unfinished"`, "2"},
		"letters unlooked": {customer.Done{Unread: 3, Left: true}, 202, `"dead_letters_unread":3`, "60"},
	} {
		o := &office{done: x.done}
		h, log := newHandler(o)
		res := handle(t, h, request("DELETE", prefix+secretKey, "", scope))
		if res.StatusCode != x.status || !strings.Contains(res.Body, x.says) || res.Headers["Retry-After"] != x.retry || len(o.erased) != 1 || o.erased[0] != secretKey+" d.s" {
			t.Errorf("%s: %+v, erased %q", name, res, o.erased)
		}
		if strings.Contains(log.String(), secretKey) || !strings.Contains(log.String(), `"msg":"erased"`) {
			t.Errorf("%s: the log:\n%s", name, log)
		}
	}
}

func TestWhatIsRefused(t *testing.T) {
	nobody := request("GET", prefix+secretKey, "", scope)
	nobody.RequestContext.Authorizer = nil
	named := request("DELETE", prefix+secretKey, "", scope)
	named.RequestContext.Authorizer.JWT.Claims["staff_code"] = "erika@example.com"
	for name, x := range map[string]struct {
		request *httpapi.Request
		status  int
		code    string
	}{
		"another scope":      {request("GET", prefix+secretKey, "", "resonanz/cases"), 403, "scope_missing"},
		"no token":           {nobody, 401, "unauthenticated"},
		"a name as a code":   {named, 403, "subject_invalid"},
		"another method":     {request("POST", prefix+secretKey, "", scope), 405, "method_not_allowed"},
		"no key":             {request("GET", prefix, "", scope), 404, "not_found"},
		"further down":       {request("GET", prefix+"a/b", "", scope), 404, "not_found"},
		"an address":         {request("GET", prefix+"erika@example.com", "", scope), 422, "invalid_value"},
		"a long key":         {request("DELETE", prefix+strings.Repeat("k", 65), "", scope), 422, "invalid_value"},
		"another parameter":  {request("GET", prefix+secretKey, "limit=3", scope), 422, "unknown_field"},
		"a cursor to DELETE": {request("DELETE", prefix+secretKey, "cursor=x", scope), 422, "unknown_field"},
		"an empty cursor":    {request("GET", prefix+secretKey, "cursor=", scope), 422, "invalid_cursor"},
		"two cursors":        {request("GET", prefix+secretKey, "cursor=a&cursor=b", scope), 422, "invalid_cursor"},
		"an unreadable one":  {request("GET", prefix+secretKey, "cursor=%zz", scope), 422, "invalid_encoding"},
	} {
		o := &office{page: &customer.Page{}}
		h, log := newHandler(o)
		res := handle(t, h, x.request)
		var p struct{ Code string }
		_ = json.Unmarshal([]byte(res.Body), &p)
		if res.StatusCode != x.status || !strings.Contains(res.Body, x.code) || len(o.asked)+len(o.erased) > 0 {
			t.Errorf("%s: %d %s", name, res.StatusCode, res.Body)
		}
		if strings.Contains(log.String()+res.Body, "erika@") || strings.Contains(log.String()+res.Body, secretKey) {
			t.Errorf("%s: repeats what was sent:\n%s\n%s", name, res.Body, log)
		}
	}
}

func TestWhatDoesNotAnswerIsAskedAgain(t *testing.T) {
	for name, x := range map[string]struct {
		method string
		err    error
		status int
	}{
		"an export":           {"GET", errors.New("throttled"), 503},
		"an erasure":          {"DELETE", errors.New("throttled"), 503},
		"a cursor of another": {"GET", store.ErrInvalid, 422},
	} {
		h, _ := newHandler(&office{err: x.err})
		query := ""
		if x.method == http.MethodGet {
			query = "cursor=abc"
		}
		res := handle(t, h, request(x.method, prefix+secretKey, query, scope))
		if res.StatusCode != x.status || strings.Contains(res.Body, "throttled") || x.status == 503 && res.Headers["Retry-After"] == "" {
			t.Errorf("%s: %+v", name, res)
		}
	}
}

func TestAPanicIsNotTold(t *testing.T) {
	h, log := newHandler(&office{})
	h.reader = nil
	if res := handle(t, h, request("GET", prefix+secretKey, "", scope)); res.StatusCode != 500 || strings.Contains(log.String(), secretKey) {
		t.Errorf("%+v\n%s", res, log)
	}
}
