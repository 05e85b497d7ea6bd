package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"resonanz/shared/compact"
)

// compactCommand merges small files of facts in a folder as the function does in
// the bucket.
func compactCommand(args []string, out io.Writer) error {
	f := flags("compact")
	facts := f.String("facts", "", "the folder that holds facts/month=…")
	if err := f.read(args, "facts"); err != nil {
		return err
	}
	src, err := openFolder(*facts)
	if err != nil {
		return err
	}
	done, err := compact.All(context.Background(), src, compact.Default, func() bool { return true })
	for _, key := range done.Unreadable {
		if _, err := fmt.Fprintf(out, "not read, left as it is: %s\n", key); err != nil {
			return err
		}
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%d files in %d partitions merged into %d, %.1f MB\n", done.Merged, done.Partitions, done.Written, float64(done.Bytes)/1e6)
	return err
}

// Sizes calls yield with every file below prefix and its length; in a folder
// nothing is too young.
func (s source) Sizes(_ context.Context, prefix string, _ time.Time, yield func(string, int64) error) error {
	root := filepath.Join(s.root, filepath.FromSlash(prefix))
	return filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || e.IsDir() {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		key, err := filepath.Rel(s.root, path)
		if err != nil {
			return err
		}
		return yield(filepath.ToSlash(key), info.Size())
	})
}

// Put writes one file.
func (s source) Put(_ context.Context, key, _ string, content []byte) error {
	path := filepath.Join(s.root, filepath.FromSlash(key))
	if err := os.WriteFile(path+".part", content, 0o644); err != nil {
		return err
	}
	return os.Rename(path+".part", path)
}

// Delete removes one file; one that is gone is no error.
func (s source) Delete(_ context.Context, key string) error {
	err := os.Remove(filepath.Join(s.root, filepath.FromSlash(key)))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
