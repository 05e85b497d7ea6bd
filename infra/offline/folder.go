package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
)

// source is a folder with the layout of the bucket, read as the bucket is.
type source struct{ root string }

// openFolder takes the folder that holds "facts", or that folder itself.
func openFolder(dir string) (source, error) {
	for _, root := range []string{dir, filepath.Dir(filepath.Clean(dir))} {
		if info, err := os.Stat(filepath.Join(root, "facts")); err == nil && info.IsDir() {
			if root == dir || filepath.Base(filepath.Clean(dir)) == "facts" {
				return source{root}, nil
			}
		}
	}
	return source{}, fmt.Errorf("reading facts: %q has no folder named facts", dir)
}

// List names the files directly below prefix; a folder that is missing is empty.
func (s source) List(_ context.Context, prefix string, yield func(string) error) error {
	entries, err := os.ReadDir(filepath.Join(s.root, filepath.FromSlash(prefix)))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.IsDir() {
			continue
		}
		if err := yield(path.Join(prefix, e.Name())); err != nil {
			return err
		}
	}
	return nil
}

// Get reads one file.
func (s source) Get(_ context.Context, key string) ([]byte, error) {
	return os.ReadFile(filepath.Join(s.root, filepath.FromSlash(key)))
}
