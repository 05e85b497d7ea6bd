package e2e

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"resonanz/infra/staff/roster"
)

// visit is one sign-in at the desk, by code and PKCE, as a browser does it.
type visit struct {
	verifier string
	ask      url.Values // of the page to sign in
}

// tokens are what a visit ends with.
type tokens struct {
	Access  string `json:"access_token"`
	Refresh string `json:"refresh_token"`
	Seconds int    `json:"expires_in"`
	Error   string `json:"error"`
}

func newVisit(t *testing.T, change ...func(url.Values)) visit {
	t.Helper()
	v := visit{verifier: rand.Text() + rand.Text()}
	sum := sha256.Sum256([]byte(v.verifier))
	v.ask = url.Values{
		"response_type": {"code"}, "client_id": {deployed.DeskClientID}, "redirect_uri": {deployed.DeskURL}, "state": {"here"},
		"scope":          {"openid resonanz/cases resonanz/approve resonanz/reports resonanz/invite resonanz/privacy resonanz/intake"},
		"code_challenge": {base64.RawURLEncoding.EncodeToString(sum[:])}, "code_challenge_method": {"S256"},
	}
	for _, f := range change {
		f(v.ask)
	}
	return v
}

// page asks for the page to sign in.
func (v visit) page(t *testing.T) answer {
	t.Helper()
	return do(t, http.MethodGet, deployed.EndpointURL+"/oauth2/authorize?"+v.ask.Encode(), "")
}

func form(t *testing.T, target string, values url.Values) answer {
	t.Helper()
	return do(t, http.MethodPost, target, values.Encode(), "Content-Type", "application/x-www-form-urlencoded")
}

// code signs in on that page; "" when the page refuses.
func (v visit) code(t *testing.T, email, password string) string {
	t.Helper()
	typed := url.Values{"username": {email}, "password": {password}}
	for k, said := range v.ask {
		typed[k] = said
	}
	at, err := url.Parse(form(t, deployed.EndpointURL+"/login", typed).Header.Get("Location"))
	if err != nil {
		t.Fatal(err)
	}
	if code := at.Query().Get("code"); code != "" && at.Scheme+"://"+at.Host+at.Path == deployed.DeskURL && at.Query().Get("state") == "here" {
		return code
	}
	return ""
}

// exchange turns a code into tokens.
func (v visit) exchange(t *testing.T, code string) (tokens, answer) {
	t.Helper()
	a := form(t, deployed.TokenURL, url.Values{
		"grant_type": {"authorization_code"}, "client_id": {deployed.DeskClientID}, "redirect_uri": {deployed.DeskURL},
		"code": {code}, "code_verifier": {v.verifier},
	})
	var got tokens
	if a.Status < http.StatusInternalServerError {
		a.json(t, &got)
	}
	return got, a
}

// signedIn makes somebody of staff and signs them in.
func signedIn(t *testing.T, email, code string, roles ...string) tokens {
	t.Helper()
	password, err := deployed.Staff(t.Context(), email, code, roles...)
	if err != nil {
		t.Fatal(err)
	}
	v := newVisit(t)
	got, a := v.exchange(t, v.code(t, email, password))
	if a.Status != http.StatusOK || got.Access == "" {
		t.Fatalf("no token: %d %s", a.Status, a.Body)
	}
	return got
}

// claims are what an access token says.
func (k tokens) claims(t *testing.T) map[string]any {
	t.Helper()
	var said map[string]any
	b, err := base64.RawURLEncoding.DecodeString(strings.Split(k.Access, ".")[1])
	if err == nil {
		err = json.Unmarshal(b, &said)
	}
	if err != nil {
		t.Fatal(err)
	}
	return said
}

func (k tokens) scopes(t *testing.T) []string {
	t.Helper()
	scope, _ := k.claims(t)["scope"].(string)
	all := strings.Fields(scope)
	slices.Sort(all)
	return all
}

func TestStaffMayDoWhatTheirGroupsSay(t *testing.T) {
	t.Parallel()
	paths := []string{"/v1/cases?limit=1", "/v1/desk", "/v1/reports/2026-01"}
	for _, c := range []struct {
		name   string
		roles  []string
		scopes []string
		may    []bool // of paths, in order
	}{
		{"no group", nil, []string{"openid"}, []bool{false, false, false}},
		{"cases", []string{"cases"}, []string{"openid", "resonanz/cases"}, []bool{true, true, false}},
		{"reports", []string{"reports"}, []string{"openid", "resonanz/reports"}, []bool{false, true, true}},
		{"approve alone", []string{"approve"}, []string{"openid", "resonanz/approve"}, []bool{false, false, false}},
		{"all", roster.Roles, []string{"openid", "resonanz/approve", "resonanz/cases", "resonanz/intake", "resonanz/invite", "resonanz/privacy", "resonanz/reports"}, []bool{true, true, true}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			code := "s." + strings.ReplaceAll(c.name, " ", "-")
			k := signedIn(t, code+"@example.com", code, c.roles...)
			if got := k.scopes(t); !slices.Equal(got, c.scopes) {
				t.Errorf("scopes %q, want %q", got, c.scopes)
			}
			if said := k.claims(t); said["staff_code"] != code || said["client_id"] != deployed.DeskClientID || k.Seconds != 3600 || k.Refresh == "" {
				t.Errorf("claims %v, %d seconds", said, k.Seconds)
			}
			for i, path := range paths {
				a := do(t, http.MethodGet, path, "", "Authorization", "Bearer "+k.Access)
				if refused := a.Status == http.StatusForbidden || a.Status == http.StatusUnauthorized; refused == c.may[i] {
					t.Errorf("%s: %d %.200s", path, a.Status, a.Body)
				}
			}
		})
	}
}

// What somebody of staff does stands in the timeline under their code.
func TestDeedsStandUnderTheCodeOfStaff(t *testing.T) {
	t.Parallel()
	k := signedIn(t, "deeds@example.com", "d.s", "cases")
	path := "/v1/cases/" + string(callbackCase(t, unhappy(t, 1)[0]))
	eventually(t, "a note", 30*time.Second, func() (bool, string) {
		read := do(t, http.MethodGet, path, "", "Authorization", "Bearer "+k.Access)
		a := do(t, http.MethodPost, path+"/note", `{"text": "Rückruf vereinbart"}`,
			"Authorization", "Bearer "+k.Access, "Content-Type", "application/json", "If-Match", read.Header.Get("ETag"))
		return a.Status == http.StatusOK && strings.Contains(a.Body, `"id":"d.s"`), fmt.Sprintf("%d %d %.300s", read.Status, a.Status, a.Body)
	})
}

// A code belongs to who began the sign-in, comes back to the desk alone, and
// works once.
func TestASignInIsForWhoBeganIt(t *testing.T) {
	t.Parallel()
	const email = "began@example.com"
	password, err := deployed.Staff(t.Context(), email, "b.g", "cases")
	if err != nil {
		t.Fatal(err)
	}
	if page := newVisit(t).page(t); page.Status != http.StatusOK || !strings.Contains(page.Body, `type="password"`) {
		t.Fatalf("the page to sign in: %d", page.Status)
	}
	for name, change := range map[string]func(url.Values){
		"another address":  func(q url.Values) { q.Set("redirect_uri", "https://example.com/desk") },
		"an address below": func(q url.Values) { q.Set("redirect_uri", deployed.DeskURL+"/elsewhere") },
		"another client":   func(q url.Values) { q.Set("client_id", "nobody") },
		"machines' client": func(q url.Values) { q.Set("client_id", deployed.ClientID) },
		"a token at once":  func(q url.Values) { q.Set("response_type", "token") },
		"a plain verifier": func(q url.Values) { q.Set("code_challenge_method", "plain") },
		"another scope":    func(q url.Values) { q.Set("scope", "openid resonanz/everything") },
	} {
		if page := newVisit(t, change).page(t); page.Status == http.StatusOK {
			t.Errorf("%s: the page to sign in is shown", name)
		}
	}
	elsewhere := newVisit(t, func(q url.Values) { q.Set("redirect_uri", "https://example.com/desk") })
	if elsewhere.code(t, email, password) != "" {
		t.Error("a code goes elsewhere")
	}
	v := newVisit(t)
	if v.code(t, email, password+"x") != "" || v.code(t, "nobody@example.com", password) != "" {
		t.Error("a wrong password gives a code")
	}
	code := v.code(t, email, password)
	for name, other := range map[string]visit{"no verifier": {}, "another verifier": newVisit(t)} {
		if got, a := other.exchange(t, code); a.Status != http.StatusBadRequest || got.Access != "" || got.Error != "invalid_grant" {
			t.Errorf("%s: %d %s", name, a.Status, a.Body)
		}
	}
	if got, a := v.exchange(t, code); a.Status != http.StatusOK || got.Access == "" {
		t.Errorf("who began it: %d %s", a.Status, a.Body)
	}
	if got, a := v.exchange(t, code); a.Status != http.StatusBadRequest || got.Access != "" {
		t.Errorf("the second time: %d %s", a.Status, a.Body)
	}
}

// Who may sign in no longer, or lost a role, is signed out.
func TestWhoIsRemovedIsSignedOut(t *testing.T) {
	t.Parallel()
	const email = "removed@example.com"
	r, err := deployed.Roster()
	if err != nil {
		t.Fatal(err)
	}
	again := func(k tokens) answer {
		t.Helper()
		return form(t, deployed.TokenURL, url.Values{"grant_type": {"refresh_token"}, "client_id": {deployed.DeskClientID}, "refresh_token": {k.Refresh}})
	}
	k := signedIn(t, email, "r.m", "cases", "reports")
	if a := again(k); a.Status != http.StatusOK {
		t.Errorf("still here: %d %s", a.Status, a.Body)
	}
	if _, err := r.Enter(t.Context(), roster.Person{Email: email, Roles: []string{"cases"}}, true); err != nil {
		t.Fatal(err)
	}
	// AWS refuses; the emulator answers, with a token that permits nothing.
	if a := again(k); a.Status == http.StatusOK {
		var got tokens
		if a.json(t, &got); slices.Contains(got.scopes(t), "resonanz/reports") {
			t.Error("who lost a role has it still by the old sign-in")
		}
	}
	k = signedIn(t, email, "r.m", "cases")
	if got := k.scopes(t); slices.Contains(got, "resonanz/reports") {
		t.Errorf("a role that was taken is still there: %q", got)
	}
	if err := r.Remove(t.Context(), email); err != nil {
		t.Fatal(err)
	}
	if a := again(k); a.Status == http.StatusOK {
		t.Error("who was removed gets another token")
	}
}

func TestTheDeskIsServedAndKnowsWhereToSignIn(t *testing.T) {
	t.Parallel()
	page := do(t, http.MethodGet, deployed.DeskURL, "", "Accept-Language", "en")
	_, data, _ := strings.Cut(page.Body, `id="desk">`)
	data, _, _ = strings.Cut(data, "</script>")
	var said struct {
		AuthorizeURL string `json:"authorize_url"`
		TokenURL     string `json:"token_url"`
		LogoutURL    string `json:"logout_url"`
		ClientID     string `json:"client_id"`
		Version      string
	}
	if err := json.Unmarshal([]byte(data), &said); err != nil {
		t.Fatalf("%d: %v in %.500s", page.Status, err, page.Body)
	}
	if said.ClientID != deployed.DeskClientID || said.TokenURL != deployed.TokenURL || said.AuthorizeURL != deployed.EndpointURL+"/oauth2/authorize" {
		t.Errorf("the page says %+v", said)
	}
	if p := page.Header.Get("Content-Security-Policy"); !strings.Contains(p, "connect-src 'self' "+deployed.EndpointURL+";") {
		t.Errorf("policy %s", p)
	}
	plain := do(t, http.MethodGet, "/desk/main.js?v="+said.Version, "")
	packed := do(t, http.MethodGet, "/desk/main.js?v="+said.Version, "", "Accept-Encoding", "gzip")
	if plain.Status != http.StatusOK || !strings.Contains(plain.Body, "import") || !strings.Contains(plain.Header.Get("Cache-Control"), "immutable") {
		t.Errorf("main.js: %d %v", plain.Status, plain.Header)
	}
	if packed.Header.Get("Content-Encoding") != "gzip" || !strings.HasPrefix(packed.Body, "\x1f\x8b") {
		t.Errorf("main.js, compressed: %v", packed.Header)
	}
	if book := do(t, http.MethodGet, "/desk/runbook", ""); book.Status != http.StatusOK || !strings.Contains(book.Body, `id="ApiErrorAlarm"`) {
		t.Errorf("the runbook: %d", book.Status)
	}
	out := do(t, http.MethodGet, said.LogoutURL+"?"+url.Values{"client_id": {said.ClientID}, "logout_uri": {deployed.DeskURL}}.Encode(), "")
	if out.Status != http.StatusFound || out.Header.Get("Location") != deployed.DeskURL {
		t.Errorf("signing out: %d %v", out.Status, out.Header)
	}
}
