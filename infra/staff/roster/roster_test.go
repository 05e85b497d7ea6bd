package roster_test

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	cognito "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"resonanz/infra/local/emulator"
	"resonanz/infra/local/emulatortest"
	"resonanz/infra/staff/roster"
	"resonanz/infra/staff/roster/rostertest"
	"resonanz/shared/awsenv"
)

// The pool in memory and the emulator's keep the same promises.
func TestRosters(t *testing.T) {
	t.Run("in memory", func(t *testing.T) { contract(t, &roster.Roster{API: new(rostertest.Pool), Pool: "p"}) })
	t.Run("on the emulator", func(t *testing.T) { contract(t, emulated(t)) })
}

// emulated is a pool with the groups that the stack makes.
func emulated(t *testing.T) *roster.Roster {
	t.Helper()
	api := cognito.NewFromConfig(aws.Config{
		Region: emulator.Region, BaseEndpoint: aws.String(emulatortest.URL(t)), HTTPClient: awsenv.HTTPClient(),
		Credentials: credentials.NewStaticCredentialsProvider(emulator.AccessKey, emulator.SecretKey, ""),
	})
	made, err := api.CreateUserPool(t.Context(), &cognito.CreateUserPoolInput{
		PoolName: aws.String("staff"), UsernameAttributes: []types.UsernameAttributeType{types.UsernameAttributeTypeEmail},
		Schema: []types.SchemaAttributeType{{Name: aws.String("code"), AttributeDataType: types.AttributeDataTypeString, Mutable: aws.Bool(true)}},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, role := range roster.Roles {
		if _, err := api.CreateGroup(t.Context(), &cognito.CreateGroupInput{UserPoolId: made.UserPool.Id, GroupName: &role}); err != nil {
			t.Fatal(err)
		}
	}
	return &roster.Roster{API: api, Pool: *made.UserPool.Id}
}

func contract(t *testing.T, r *roster.Roster) {
	enter := func(p roster.Person) roster.Outcome {
		t.Helper()
		done, err := r.Enter(t.Context(), p, true)
		if err != nil {
			t.Fatalf("entering %+v: %v", p, err)
		}
		return done
	}
	people := func(want ...roster.Person) {
		t.Helper()
		got, err := r.List(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("people (-want +got):\n%s", diff)
		}
	}
	people([]roster.Person(nil)...)
	anna := roster.Person{Email: "anna@example.com", Code: "a.k", Roles: []string{"cases", "reports"}}
	if diff := cmp.Diff(roster.Outcome{Created: true, Given: []string{"cases", "reports"}}, enter(anna)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(roster.Outcome{}, enter(anna)); diff != "" {
		t.Errorf("the same again:\n%s", diff)
	}
	enter(roster.Person{Email: "carl@example.com", Code: "c.d", Roles: []string{"reports"}})
	enter(roster.Person{Email: "ben@example.com", Roles: nil})
	invited := func(p roster.Person) roster.Person { p.Invited = true; return p }
	people(invited(anna), roster.Person{Email: "ben@example.com", Invited: true}, roster.Person{Email: "carl@example.com", Code: "c.d", Roles: []string{"reports"}, Invited: true})

	// Another code and other roles: only what differs changes.
	changed := roster.Person{Email: anna.Email, Code: "a.kk", Roles: []string{"approve", "cases"}}
	if diff := cmp.Diff(roster.Outcome{Given: []string{"approve"}, Taken: []string{"reports"}}, enter(changed)); diff != "" {
		t.Error(diff)
	}
	if err := r.SetPassword(t.Context(), anna.Email, roster.Password()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(roster.Outcome{Taken: []string{"approve"}}, enter(roster.Person{Email: anna.Email, Roles: []string{"cases"}})); diff != "" {
		t.Error(diff)
	}
	stays := roster.Person{Email: anna.Email, Code: "a.kk", Roles: []string{"cases"}} // without a code given, the code stays
	people(stays, roster.Person{Email: "ben@example.com", Invited: true}, roster.Person{Email: "carl@example.com", Code: "c.d", Roles: []string{"reports"}, Invited: true})

	for name, c := range map[string]struct {
		p    roster.Person
		want error
	}{
		"another's code": {roster.Person{Email: "ben@example.com", Code: "c.d"}, roster.ErrTaken},
		"no address":     {roster.Person{Email: "ben"}, roster.ErrEmail},
		"a name as well": {roster.Person{Email: "Ben <ben@example.com>"}, roster.ErrEmail},
		"a name as code": {roster.Person{Email: "ben@example.com", Code: "Ben Beispiel"}, roster.ErrCode},
		"an address too": {roster.Person{Email: "ben@example.com", Code: "ben@example.com"}, roster.ErrCode},
		"a long code":    {roster.Person{Email: "ben@example.com", Code: "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}, roster.ErrCode},
		"another role":   {roster.Person{Email: "ben@example.com", Roles: []string{"cases", "boss"}}, roster.ErrRole},
	} {
		if _, err := r.Enter(t.Context(), c.p, true); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, email := range []string{"ben@example.com", "carl@example.com"} {
		if err := r.Remove(t.Context(), email); err != nil {
			t.Error(err)
		}
		if err := r.Remove(t.Context(), email); !errors.Is(err, roster.ErrUnknown) {
			t.Errorf("removed twice: %v", err)
		}
	}
	people(stays)
	enter(roster.Person{Email: "ben@example.com", Code: "c.d"}) // the code is free again
}

func TestOnlyWhoLostSomethingIsSignedOut(t *testing.T) {
	p := new(rostertest.Pool)
	r := &roster.Roster{API: p, Pool: "p"}
	for _, c := range []struct {
		roles []string
		want  int // sign-outs until then
	}{
		{[]string{"cases"}, 0}, {[]string{"cases", "reports"}, 0}, {[]string{"reports"}, 1}, {[]string{"reports"}, 1}, {nil, 2},
	} {
		if _, err := r.Enter(t.Context(), roster.Person{Email: "anna@example.com", Roles: c.roles}, false); err != nil {
			t.Fatal(err)
		}
		if got := p.Users[0].SignedOut; got != c.want {
			t.Errorf("%q: signed out %d times, want %d", c.roles, got, c.want)
		}
	}
	if diff := cmp.Diff([]string{"anna@example.com"}, p.Mails); diff != "" {
		t.Errorf("who was written to:\n%s", diff)
	}
	p.Calls = nil
	if _, err := r.Enter(t.Context(), roster.Person{Email: "Anna@example.com"}, false); err != nil || p.Calls != nil {
		t.Errorf("the same address in other letters: %v, %q", err, p.Calls)
	}
}

// A code may not be the id under which somebody else's deeds already stand.
func TestNobodyTakesTheIDOfAnother(t *testing.T) {
	r := &roster.Roster{API: new(rostertest.Pool), Pool: "p"}
	if _, err := r.Enter(t.Context(), roster.Person{Email: "anna@example.com"}, true); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Enter(t.Context(), roster.Person{Email: "ben@example.com", Code: "id-1"}, true); !errors.Is(err, roster.ErrTaken) {
		t.Errorf("got %v", err)
	}
}

func TestPasswordsKeepTheRulesOfThePool(t *testing.T) {
	seen := map[string]bool{}
	for range 200 {
		p := roster.Password()
		for _, rule := range []string{`.{12}`, `[a-z]`, `[A-Z]`, `[0-9]`, `[^a-zA-Z0-9]`, `^\S+$`} {
			if !regexp.MustCompile(rule).MatchString(p) {
				t.Errorf("%s does not match %s", p, rule)
			}
		}
		if seen[p] {
			t.Errorf("%s twice", p)
		}
		seen[p] = true
	}
}

// The groups that the stack makes are the roles: a test of the template holds it. Here:
// nothing else in the project names them otherwise.
func TestTheMakefileShowsRolesThatExist(t *testing.T) {
	b, err := os.ReadFile(filepath.Join("..", "..", "..", "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile(`(?m)^staff: .*ROLES="([a-z ]+)"`).FindSubmatch(b)
	if m == nil {
		t.Fatal("make staff shows no roles")
	}
	for _, role := range regexp.MustCompile(`[a-z]+`).FindAllString(string(m[1]), -1) {
		if !slices.Contains(roster.Roles, role) {
			t.Errorf("there is no role %s", role)
		}
	}
}
