package emulator

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// Processes are the living processes of the environment kept in dir: the
// emulator, its functions and whatever supervises them. The caller itself is
// not among them.
func Processes(dir string) ([]int, error) {
	folders, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		return nil, fmt.Errorf("listing processes: %w", err)
	}
	mark := []byte(Marker + "=" + dir)
	var pids []int
	for _, folder := range folders {
		pid, err := strconv.Atoi(filepath.Base(folder))
		if err != nil || pid == os.Getpid() {
			continue
		}
		env, err := os.ReadFile(filepath.Join(folder, "environ")) // empty for what has already ended
		if err != nil {
			continue // gone meanwhile, or another user's
		}
		for entry := range bytes.SplitSeq(env, []byte{0}) {
			if bytes.Equal(entry, mark) {
				pids = append(pids, pid)
				break
			}
		}
	}
	return pids, nil
}

// End ends all processes of the environment kept in dir: asked first, then
// made to. It returns how many there were.
func End(dir string) (int, error) {
	first := -1
	deadline := time.Now().Add(2 * stopWithin)
	signal := syscall.SIGTERM
	killAt := time.Now().Add(stopWithin)
	for {
		pids, err := Processes(dir)
		if err != nil {
			return 0, err
		}
		if first < 0 {
			first = len(pids)
		}
		if len(pids) == 0 {
			return first, nil
		}
		if time.Now().After(deadline) {
			return first, fmt.Errorf("ending the local environment: processes %v do not end", pids)
		}
		if time.Now().After(killAt) {
			signal = syscall.SIGKILL
		}
		for _, pid := range pids {
			_ = syscall.Kill(pid, signal) // one that is gone is what we want
		}
		time.Sleep(100 * time.Millisecond)
	}
}
