package retention_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"resonanz/events"
	"resonanz/shared/casefile"
	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/store"
)

// root is the project's folder.
const root = "../.."

func dataMap(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(root, "infra", "privacy.md"))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// section is the text under a heading.
func section(t *testing.T, heading string) string {
	t.Helper()
	_, rest, ok := strings.Cut(dataMap(t), "\n## "+heading+"\n")
	if !ok {
		t.Fatalf("no section %q", heading)
	}
	rest, _, _ = strings.Cut(rest, "\n## ")
	return rest
}

// rows are the cells of the table in a section, without its head.
func rows(t *testing.T, heading string) (all [][]string) {
	t.Helper()
	for _, line := range strings.Split(section(t, heading), "\n") {
		if !strings.HasPrefix(line, "| ") {
			continue
		}
		cells := strings.Split(strings.Trim(line, "| "), " | ")
		for i, c := range cells {
			if cells[i] = strings.TrimSpace(c); cells[i] == "" {
				t.Errorf("%s: an empty cell in %s", heading, line)
			}
		}
		all = append(all, cells)
	}
	if len(all) < 2 {
		t.Fatalf("%s has no table", heading)
	}
	for _, r := range all {
		if len(r) != len(all[0]) {
			t.Errorf("%s: %d cells, want %d: %v", heading, len(r), len(all[0]), r)
		}
	}
	return all[1:]
}

var code = regexp.MustCompile("`([^`]+)`")

// codes are the words in code letters.
func codes(s string) (all []string) {
	for _, m := range code.FindAllStringSubmatch(s, -1) {
		all = append(all, m[1])
	}
	slices.Sort(all)
	return all
}

func equal(t *testing.T, what string, inMap, inCode []string) {
	t.Helper()
	slices.Sort(inMap)
	slices.Sort(inCode)
	if diff := cmp.Diff(slices.Compact(inCode), slices.Compact(inMap)); diff != "" {
		t.Errorf("%s (-in the code +in the map):\n%s", what, diff)
	}
}

// constants are the string constants of a folder's files whose names match.
func constants(t *testing.T, folder string, name *regexp.Regexp) (values []string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root, folder, "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.CONST {
				continue
			}
			for _, spec := range g.Specs {
				v := spec.(*ast.ValueSpec)
				for i, n := range v.Names {
					if i >= len(v.Values) || !name.MatchString(n.Name) {
						continue
					}
					if lit, ok := v.Values[i].(*ast.BasicLit); ok && lit.Kind == token.STRING {
						s, err := strconv.Unquote(lit.Value)
						if err != nil {
							t.Fatal(err)
						}
						values = append(values, s)
					}
				}
			}
		}
	}
	return values
}

// stored are the types of which something is stored or sent, by name.
var stored = map[string]reflect.Type{
	"feedback.Rating": reflect.TypeFor[feedback.Rating](), "feedback.Card": reflect.TypeFor[feedback.Card](),
	"feedback.Complaint": reflect.TypeFor[feedback.Complaint](), "feedback.Invitation": reflect.TypeFor[feedback.Invitation](),
	"feedback.Delivery": reflect.TypeFor[feedback.Delivery](), "feedback.Personal": reflect.TypeFor[feedback.Personal](),
	"casefile.Case": reflect.TypeFor[casefile.Case](), "casefile.Handling": reflect.TypeFor[casefile.Handling](),
	"casefile.Decision": reflect.TypeFor[casefile.Decision](), "casefile.Compensation": reflect.TypeFor[casefile.Compensation](),
	"casefile.Attachment": reflect.TypeFor[casefile.Attachment](), "casefile.Escalation": reflect.TypeFor[casefile.Escalation](),
	"casefile.Clock": reflect.TypeFor[casefile.Clock](), "casefile.Entry": reflect.TypeFor[casefile.Entry](),
	"casefile.Actor": reflect.TypeFor[casefile.Actor](), "casefile.Words": reflect.TypeFor[casefile.Words](),
	"casefile.CorrectiveAction": reflect.TypeFor[casefile.CorrectiveAction](),
	"store.ReportVersion":       reflect.TypeFor[store.ReportVersion](), "store.Hook": reflect.TypeFor[store.Hook](),
	"store.HookTry": reflect.TypeFor[store.HookTry](), "store.Erasure": reflect.TypeFor[store.Erasure](), "store.Swept": reflect.TypeFor[store.Swept](),
	"events.Alert": reflect.TypeFor[events.Alert](), "events.Step": reflect.TypeFor[events.Step](), "events.Stored": reflect.TypeFor[events.Stored](),
	"events.Deadline": reflect.TypeFor[events.Deadline](), "events.Invite": reflect.TypeFor[events.Invite](), "events.Inform": reflect.TypeFor[events.Inform](),
	"events.Silence": reflect.TypeFor[events.Silence](), "events.Signal": reflect.TypeFor[events.Signal](), "events.Order": reflect.TypeFor[events.Order](),
	"events.Hook": reflect.TypeFor[events.Hook](), "events.Message": reflect.TypeFor[events.Message](),
}

// fieldsOf are the names that a type has in JSON. What is kept beside it, where it
// can be erased, is named as the map names it.
func fieldsOf(typ reflect.Type) (names []string) {
	for f := range fields(typ) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous:
			continue // its fields are those of another line
		case name == "-":
			name = map[string]string{"CustomerKey": "customer_key", "Words": "words"}[f.Name]
		case name == "":
			name = f.Name
		}
		names = append(names, name)
	}
	return names
}

func fields(typ reflect.Type) func(func(reflect.StructField) bool) {
	return func(yield func(reflect.StructField) bool) {
		for i := range typ.NumField() {
			if f := typ.Field(i); f.IsExported() && !yield(f) {
				return
			}
		}
	}
}

func TestTheMapNamesEveryFieldThatIsStoredOrSent(t *testing.T) {
	var types []string
	for _, r := range rows(t, "Fields of what is stored and sent") {
		name := codes(r[0])[0]
		typ, ok := stored[name]
		if !ok {
			t.Errorf("%s is no type that is stored", name)
			continue
		}
		types = append(types, name)
		equal(t, name, append(codes(r[1]), codes(r[2])...), fieldsOf(typ))
	}
	equal(t, "types", types, slices.Collect(maps.Keys(stored)))
}

func TestTheMapTellsOfEverythingPersonalWhyAndForHowLong(t *testing.T) {
	var told []string
	for _, r := range rows(t, "Personal data") {
		told = append(told, codes(r[0])...)
		for _, day := range codes(r[5]) {
			if !slices.Contains(fieldsOf(reflect.TypeFor[config.Retention]()), day) {
				t.Errorf("%s is no limit", day)
			}
		}
	}
	var personal []string
	for _, r := range rows(t, "Fields of what is stored and sent") {
		personal = append(personal, codes(r[1])...)
	}
	// Besides fields: files, hashes of contacts and of the erased, codes of staff.
	known := append(fieldsOf(stored["feedback.Personal"]), "words", "customer_key", "file", "contact", "subject", "staff")
	equal(t, "personal data", told, known)
	staff := []string{"owner", "by", "id", "created_by", "done_by"}
	for _, p := range personal {
		if !slices.Contains(told, p) && !slices.Contains(staff, p) && p != "salt" && p != "text" {
			t.Errorf("%s is personal and not told of", p)
		}
	}
}

func TestTheMapNamesEveryItemAndAttribute(t *testing.T) {
	var items []string
	for i, r := range rows(t, "Items of the table") {
		if i > 0 { // the ledger has no prefix
			items = append(items, codes(r[0])...)
		}
	}
	equal(t, "items", items, constants(t, "shared/store", regexp.MustCompile(`^pk[A-Z]`)))

	_, attributes, ok := strings.Cut(section(t, "Items of the table"), "Attributes that can hold")
	if !ok {
		t.Fatal("no attributes")
	}
	personal, plain, _ := strings.Cut(attributes, "Attributes that hold nothing")
	equal(t, "attributes", append(codes(personal), codes(plain)...), constants(t, "shared/store", regexp.MustCompile(`^(attr|Attr)[A-Z]`)))
}

func TestTheMapNamesEveryFolderQueueAndLog(t *testing.T) {
	var folders []string
	for _, r := range rows(t, "Buckets") {
		folders = append(folders, codes(r[0])...)
	}
	equal(t, "folders", folders, constants(t, "infra", regexp.MustCompile(`Folder$`)))

	b, err := os.ReadFile(filepath.Join(root, "infra", "testdata", "dev.json"))
	if err != nil {
		t.Fatal(err)
	}
	var template struct {
		Resources map[string]struct{ Type string }
	}
	if err := json.Unmarshal(b, &template); err != nil {
		t.Fatal(err)
	}
	id := regexp.MustCompile(`[0-9A-F]{8}$`)
	of := map[string][]string{}
	for name, r := range template.Resources {
		of[r.Type] = append(of[r.Type], id.ReplaceAllString(name, ""))
	}
	var queues []string
	for _, r := range rows(t, "Queues") {
		queues = append(queues, codes(r[0])...)
	}
	equal(t, "queues", queues, of["AWS::SQS::Queue"])
	var logs []string
	for _, name := range codes(section(t, "Logs and metrics")) {
		if name != "log_days" {
			logs = append(logs, name)
		}
	}
	equal(t, "logs", logs, of["AWS::Logs::LogGroup"])
}
