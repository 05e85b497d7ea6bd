package configure

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"

	"resonanz/shared/config"
)

// Dev and Prod are the stages that every file has. A third has to be named in it:
// a slip of the pen must not deploy a second stack.
const (
	Dev  = "dev"
	Prod = "prod"
)

// overlay is what a file says of one stage.
type overlay struct {
	stage string
	value map[string]any
}

// Stages are the names of the stages of the file at path, in order.
func Stages(path string) ([]string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading configuration: %w", err)
	}
	root, value, err := parse(path, text)
	if err != nil {
		return nil, err
	}
	overlays, found := takeStages(value)
	if len(found) > 0 {
		return nil, located(path, root, found)
	}
	var all []string
	for _, o := range overlays {
		all = append(all, o.stage)
	}
	return all, nil
}

// takeStages takes the section stages off a file and gives it sorted by name, dev
// and prod among it.
func takeStages(value any) (overlays []overlay, found []finding) {
	all := map[string]any{Dev: map[string]any{}, Prod: map[string]any{}}
	file, _ := value.(map[string]any)
	if stages, there := file["stages"]; there {
		alone := checkSchema(map[string]any{"stages": stages})
		for _, f := range alone {
			if len(f.path) > 0 || f.key == "" { // what else is missing is said of the whole
				found = append(found, f)
			}
		}
		named, _ := stages.(map[string]any)
		for _, stage := range slices.Sorted(maps.Keys(named)) {
			for _, word := range []string{"aws", "amazon", "cognito"} {
				if strings.Contains(stage, word) {
					found = append(found, finding{path: []string{"stages"}, key: stage, text: "holds the word " + word + ", which Cognito takes in no sign-in address"})
				}
			}
		}
		delete(file, "stages")
		if len(found) == 0 {
			maps.Copy(all, stages.(map[string]any))
		}
	}
	for _, stage := range slices.Sorted(maps.Keys(all)) {
		overlays = append(overlays, overlay{stage, all[stage].(map[string]any)})
	}
	return overlays, found
}

// check lays o over a file and lists what is then wrong; known is what is wrong
// with the file alone.
func (o overlay) check(file any, known []finding) (*config.Config, []finding, error) {
	value := copied(file)
	if len(o.value) > 0 {
		value = laidOver(file, o.value)
	}
	found := checkSchema(value)
	if _, nested := o.value["stages"]; nested {
		found = append(found, finding{key: "stages", text: "is for the whole file; a stage has none of its own"})
	}
	if len(found) == 0 {
		if top := value.(map[string]any); top["keep"] == nil {
			top["keep"] = o.stage == Prod
		}
		fillDefaults(value)
		delete(value.(map[string]any), "stages")
		cfg := new(config.Config)
		if err := decode(value, cfg); err != nil {
			return nil, nil, err
		}
		if found = checkRules(cfg); len(found) == 0 {
			return cfg, nil, nil
		}
	}
	for i, f := range found {
		switch {
		case o.says(f):
			found[i].path = append([]string{"stages", o.stage}, f.path...)
		case len(o.value) > 0 && !slices.ContainsFunc(known, f.equals):
			found[i].text += ", in stage " + o.stage
		}
	}
	return nil, found, nil
}

// laidOver is base with over on it, as a JSON Merge Patch (RFC 7396): sections are
// merged, all else is replaced, null takes a field out. Neither is changed.
func laidOver(base, over any) any {
	patch, ok := over.(map[string]any)
	if !ok {
		return copied(over)
	}
	merged, ok := copied(base).(map[string]any)
	if !ok {
		merged = map[string]any{}
	}
	for k, v := range patch {
		if v == nil {
			delete(merged, k)
			continue
		}
		merged[k] = laidOver(merged[k], v)
	}
	return merged
}

func copied(v any) any {
	switch n := v.(type) {
	case map[string]any:
		c := make(map[string]any, len(n))
		for k, child := range n {
			c[k] = copied(child)
		}
		return c
	case []any:
		c := make([]any, len(n))
		for i, child := range n {
			c[i] = copied(child)
		}
		return c
	}
	return v
}

// says reports whether it is o that says what f is about, and not the file below.
func (o overlay) says(f finding) bool {
	path := f.path
	if f.key != "" {
		path = append(path[:len(path):len(path)], f.key)
	}
	var at any = o.value
	for i, step := range path {
		switch n := at.(type) {
		case map[string]any:
			child, there := n[step]
			if !there {
				// A key that is missing in an entry of a list of its own.
				return slices.ContainsFunc(path[:i], isIndex)
			}
			at = child
		case []any:
			j, err := strconv.Atoi(step)
			if err != nil || j >= len(n) {
				return true
			}
			at = n[j]
		default:
			return true
		}
	}
	return len(path) > 0
}

func isIndex(step string) bool {
	_, err := strconv.Atoi(step)
	return err == nil
}

func names(overlays []overlay) string {
	var all []string
	for _, o := range overlays {
		all = append(all, o.stage)
	}
	return strings.Join(all, ", ")
}
