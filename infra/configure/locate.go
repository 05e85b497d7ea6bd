package configure

import (
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// finding is a problem before its line is known: the path to the value, and,
// where a key itself is wrong, that key.
type finding struct {
	path []string
	key  string
	text string
}

func (f finding) equals(g finding) bool {
	return f.key == g.key && f.text == g.text && slices.Equal(f.path, g.path)
}

// lineOf finds the line of the value at path, or as near as the file goes: a
// missing field has the line of what should hold it.
func lineOf(root ast.Node, path []string, key string) int {
	node, line := root, root.GetToken().Position.Line
	if key != "" {
		path = append(path[:len(path):len(path)], key)
	}
	for _, step := range path {
		switch n := plain(node).(type) {
		case *ast.MappingNode:
			node = nil
			for _, v := range n.Values {
				if keyOf(v) == step {
					node, line = v.Value, v.Key.GetToken().Position.Line
				}
			}
		case *ast.MappingValueNode:
			node, line = n.Value, n.Key.GetToken().Position.Line
		case *ast.SequenceNode:
			i, err := strconv.Atoi(step)
			if err != nil || i >= len(n.Values) {
				return line
			}
			node, line = n.Values[i], first(n.Values[i])
		default:
			return line
		}
		if node == nil {
			return line
		}
	}
	return line
}

// first is the line on which a value begins. The token of a mapping is the
// colon of its first entry, which stands on that line.
func first(node ast.Node) int { return node.GetToken().Position.Line }

func keyOf(v *ast.MappingValueNode) string { return v.Key.GetToken().Value }

// plain takes anchors and tags off a value.
func plain(node ast.Node) ast.Node {
	for {
		switch n := node.(type) {
		case *ast.AnchorNode:
			node = n.Value
		case *ast.TagNode:
			node = n.Value
		default:
			return node
		}
	}
}

// fieldName writes a path as a person would: "touchpoints[1].scale".
func fieldName(path []string, key string) string {
	var b strings.Builder
	if key != "" {
		path = append(path[:len(path):len(path)], key)
	}
	for _, step := range path {
		if _, err := strconv.Atoi(step); err == nil {
			b.WriteString("[" + step + "]")
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('.')
		}
		b.WriteString(step)
	}
	return b.String()
}
