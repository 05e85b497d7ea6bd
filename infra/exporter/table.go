package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"resonanz/infra/tablefile"
	"resonanz/shared/store"
)

// lossless is a table that is read, of which every item is kept as it is besides: from
// it, and from nothing else in an export, a table can be made again.
type lossless struct {
	store.ScanAPI
	file *os.File
	sum  hash.Hash
	size int64

	mu    sync.Mutex
	items *tablefile.Writer
}

func (w *writer) lossless(api store.ScanAPI) (*lossless, error) {
	f, err := w.root.OpenFile(tablefile.Name, os.O_CREATE|os.O_WRONLY|os.O_EXCL, 0o600)
	if err != nil {
		return nil, fmt.Errorf("writing %s: %w", tablefile.Name, err)
	}
	t := &lossless{ScanAPI: api, file: f, sum: sha256.New()}
	t.items = tablefile.NewWriter(t)
	return t, nil
}

// Write implements io.Writer.
func (t *lossless) Write(p []byte) (int, error) {
	n, err := io.MultiWriter(t.file, t.sum).Write(p)
	t.size += int64(n)
	return n, err
}

// Scan keeps what it reads, consistently: what was accepted before is in it.
func (t *lossless) Scan(ctx context.Context, in *dynamodb.ScanInput, opts ...func(*dynamodb.Options)) (*dynamodb.ScanOutput, error) {
	strict := *in
	strict.ConsistentRead = aws.Bool(true)
	out, err := t.ScanAPI.Scan(ctx, &strict, opts...)
	if err != nil {
		return nil, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, it := range out.Items {
		if err := t.items.Write(it); err != nil {
			return nil, fmt.Errorf("writing %s: %w", tablefile.Name, err)
		}
	}
	return out, nil
}

// close ends the file and puts it into the manifest.
func (t *lossless) close(m *manifest) error {
	rows := t.items.Rows()
	if err := errors.Join(t.items.Close(), t.file.Close()); err != nil {
		return fmt.Errorf("writing %s: %w", tablefile.Name, err)
	}
	m.Files = append(m.Files, file{tablefile.Name, t.size, hex.EncodeToString(t.sum.Sum(nil)), &rows})
	return nil
}
