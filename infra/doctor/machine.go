package main

import (
	"context"
	"fmt"
	"net"
	"os/exec"
	"syscall"

	"resonanz/infra/local/toolchain"
)

// roomy is the free disk space that a first build, its compiled packages and the
// emulator take, with some to spare: bytes.
const roomy = 5 << 30

// browsers drive the page tests and print cards; any one will do.
var browsers = []string{"chromium", "chromium-browser", "google-chrome"}

// machine looks at what a person installs.
func machine(ctx context.Context, root string) (lines []line) {
	if err := toolchain.System(); err != nil {
		lines = append(lines, mind("deploying works from here, the local stack does not", "%v", err))
	}
	for _, t := range toolchain.Tools {
		if err := t.Check(ctx); err != nil {
			lines = append(lines, bad("see what you need in README.md", "%v", err))
			continue
		}
		lines = append(lines, good("%s, %d.%d or newer", t.Name, t.Major, t.Minor))
	}
	for _, name := range []string{"git", "make"} {
		lines = append(lines, installed(name))
	}
	return append(lines, browser(browsers), room(root, roomy), loopback())
}

func installed(name string) line {
	if _, err := exec.LookPath(name); err != nil {
		return bad("install the package "+name, "%s is missing", name)
	}
	return good("%s", name)
}

func browser(names []string) line {
	for _, name := range names {
		if _, err := exec.LookPath(name); err == nil {
			return good("%s", name)
		}
	}
	return mind("install the package chromium: make test drives it, make cards prints with it; deploying needs none", "no Chromium")
}

func room(dir string, least uint64) line {
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		return mind("look yourself", "free disk space is not known: %v", err)
	}
	free := s.Bavail * uint64(s.Bsize) //nolint:gosec // a block has a length
	if free < least {
		return bad(fmt.Sprintf("make room: a first build takes up to %d GB", least>>30), "%.1f GB are free on the disk", float64(free)/(1<<30))
	}
	return good("%.0f GB are free on the disk", float64(free)/(1<<30))
}

// loopback looks whether the local stack could answer on this machine.
func loopback() line {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return bad("let programs listen on 127.0.0.1: the local stack does", "no port can be opened on this machine: %v", err)
	}
	_ = l.Close() // it was only tried
	return good("ports can be opened on this machine")
}
