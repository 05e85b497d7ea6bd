package main

import (
	"fmt"
	"io"
	"strings"
)

// mark says how it stands.
type mark string

// The marks. Bad is what keeps the stack from working; Mind is what an owner
// should know before customers come.
const (
	Good mark = "✓"
	Mind mark = "!"
	Bad  mark = "✗"
)

// line is one thing looked at: how it stands, and what to do where it does not
// stand well.
type line struct {
	mark mark
	what string
	todo string
}

func good(format string, args ...any) line {
	return line{mark: Good, what: fmt.Sprintf(format, args...)}
}

func mind(todo, format string, args ...any) line {
	return line{Mind, fmt.Sprintf(format, args...), todo}
}

func bad(todo, format string, args ...any) line {
	return line{Bad, fmt.Sprintf(format, args...), todo}
}

// section is what was looked at in one place.
type section struct {
	title string
	lines []line
}

// print writes what was found and reports whether something is bad.
func print(out io.Writer, sections []section) (broken bool) {
	count := map[mark]int{}
	for _, s := range sections {
		fmt.Fprintf(out, "%s\n", s.title)
		for _, l := range s.lines {
			count[l.mark]++
			fmt.Fprintf(out, "  %s %s\n", l.mark, l.what)
			if l.todo != "" {
				fmt.Fprintf(out, "      → %s\n", strings.ReplaceAll(l.todo, "\n", "\n        "))
			}
		}
	}
	switch {
	case count[Bad] > 0:
		fmt.Fprintf(out, "%s to mend first (✗), %d to mind (!)\n", plural(count[Bad], "thing"), count[Mind])
	case count[Mind] > 0:
		fmt.Fprintf(out, "nothing is broken; %s to mind (!)\n", plural(count[Mind], "thing"))
	default:
		fmt.Fprintln(out, "all is well")
	}
	return count[Bad] > 0
}

func plural(n int, of string) string {
	if n == 1 {
		return "1 " + of
	}
	return fmt.Sprintf("%d %ss", n, of)
}
