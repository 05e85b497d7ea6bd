package fault

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// executable is the file name of every function of Lambda's custom runtime: no
// other process is ever killed.
const executable = "bootstrap"

// errNoProcess says that a connection belongs to no function's process.
var errNoProcess = errors.New("no process of a function holds the connection")

// CanKill reports whether the failures that kill work on this system.
const CanKill = true

// kill ends the process at the other end of the request's connection, as a
// crash or Lambda itself would: without a word.
func (f *Fault) kill(r *http.Request) {
	err := errNoProcess
	if here, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr); ok {
		var pid int
		if pid, err = processOf(r.RemoteAddr, here.String()); err == nil {
			err = syscall.Kill(pid, syscall.SIGKILL)
		}
	}
	if err != nil {
		f.miss.Add(1)
	}
}

// processOf finds the process of a function whose socket goes from one local
// address to another.
func processOf(from, to string) (int, error) {
	inode, err := inodeOf(from, to)
	if err != nil {
		return 0, err
	}
	want := "socket:[" + inode + "]"
	commands, err := filepath.Glob("/proc/[0-9]*/exe")
	if err != nil {
		return 0, err
	}
	for _, exe := range commands {
		// A program that was built anew meanwhile reads "… (deleted)".
		name, err := os.Readlink(exe)
		if err != nil || filepath.Base(strings.TrimSuffix(name, " (deleted)")) != executable {
			continue
		}
		open := filepath.Join(filepath.Dir(exe), "fd")
		files, err := os.ReadDir(open)
		if err != nil {
			continue // it ended meanwhile
		}
		for _, file := range files {
			if link, err := os.Readlink(filepath.Join(open, file.Name())); err == nil && link == want {
				return strconv.Atoi(filepath.Base(filepath.Dir(exe)))
			}
		}
	}
	return 0, errNoProcess
}

// inodeOf finds a connection in the kernel's table.
func inodeOf(from, to string) (string, error) {
	local, err := netip.ParseAddrPort(from)
	if err != nil {
		return "", err
	}
	remote, err := netip.ParseAddrPort(to)
	if err != nil {
		return "", err
	}
	table, err := os.Open("/proc/net/tcp")
	if err != nil {
		return "", err
	}
	defer table.Close()
	for lines := bufio.NewScanner(table); lines.Scan(); {
		// sl local_address rem_address st tx:rx tr:tm retrnsmt uid timeout inode …
		fields := strings.Fields(lines.Text())
		if len(fields) > 9 && fields[1] == hexOf(local) && fields[2] == hexOf(remote) {
			return fields[9], nil
		}
	}
	return "", errNoProcess
}

// hexOf writes an address as the kernel's table does: the four bytes as a number
// of this machine's order, which is little-endian wherever this runs.
func hexOf(a netip.AddrPort) string {
	b := a.Addr().Unmap().As4()
	return fmt.Sprintf("%02X%02X%02X%02X:%04X", b[3], b[2], b[1], b[0], a.Port())
}
