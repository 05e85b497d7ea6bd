// Package growth looks at processes while they run, and says whether what they hold
// grows: memory, open files, threads, and temporary files.
package growth

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Sample is what a process holds at one moment.
type Sample struct {
	At      time.Duration // since the first
	RSS     float64       // MiB of memory
	Files   float64       // open file descriptors, sockets included
	Threads float64
}

// Look reads what a process holds, from /proc. Errors wrap fs.ErrNotExist where the
// process has ended.
func Look(pid int) (Sample, error) {
	var s Sample
	dir := filepath.Join("/proc", strconv.Itoa(pid))
	b, err := os.ReadFile(filepath.Join(dir, "status"))
	if err != nil {
		return s, ended(err)
	}
	for line := range strings.Lines(string(b)) {
		name, value, _ := strings.Cut(line, ":")
		fields := strings.Fields(value)
		if len(fields) == 0 {
			continue
		}
		switch name {
		case "VmRSS":
			kib, err := strconv.ParseFloat(fields[0], 64)
			if err != nil {
				return s, fmt.Errorf("reading the memory of process %d: %w", pid, err)
			}
			s.RSS = kib / 1024
		case "Threads":
			if s.Threads, err = strconv.ParseFloat(fields[0], 64); err != nil {
				return s, fmt.Errorf("reading the threads of process %d: %w", pid, err)
			}
		}
	}
	files, err := os.ReadDir(filepath.Join(dir, "fd"))
	if err != nil {
		return s, ended(err)
	}
	s.Files = float64(len(files))
	if s.RSS == 0 { // a process that has ended and was not waited for
		return s, fmt.Errorf("process %d: %w", pid, fs.ErrNotExist)
	}
	return s, nil
}

// ended makes one error of the ways in which /proc says that a process is gone.
func ended(err error) error {
	if errors.Is(err, fs.ErrNotExist) || strings.Contains(err.Error(), "no such process") {
		return fmt.Errorf("%w: %w", fs.ErrNotExist, err)
	}
	return err
}

// FilesIn counts the files below folders: what is forgotten there stays.
func FilesIn(folders ...string) (n int) {
	for _, dir := range folders {
		// A file that goes while we look is none that stays.
		_ = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				n++
			}
			return nil
		})
	}
	return n
}
