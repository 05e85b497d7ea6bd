package cloud

import (
	"bufio"
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// objects are those of all buckets, by /bucket/key.
type objects struct {
	mu  sync.Mutex
	all map[string][]byte
}

func (o *objects) serve(w http.ResponseWriter, r *http.Request, action string, body []byte) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.all == nil {
		o.all = make(map[string][]byte)
	}
	switch action {
	case "PutObject":
		content, err := plain(r, body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		o.all[r.URL.Path] = content
		w.Header().Set("ETag", `"load"`)
	case "GetObject", "HeadObject":
		content, ok := o.all[r.URL.Path]
		if !ok {
			w.WriteHeader(http.StatusNotFound)
			_, _ = io.WriteString(w, `<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message></Error>`)
			return
		}
		w.Header().Set("ETag", `"load"`)
		w.Header().Set("Content-Length", strconv.Itoa(len(content)))
		if action == "GetObject" {
			_, _ = w.Write(content)
		}
	case "DeleteObject":
		delete(o.all, r.URL.Path)
		w.WriteHeader(http.StatusNoContent)
	case "ListObjectsV2":
		o.list(w, r)
	default:
		http.Error(w, "not known here: "+r.Method, http.StatusNotImplemented)
	}
}

// list answers with all keys at once: nobody here has more than a call could tell.
func (o *objects) list(w http.ResponseWriter, r *http.Request) {
	bucket := strings.TrimSuffix(r.URL.Path, "/") + "/"
	type content struct {
		Key  string
		Size int
	}
	out := struct {
		XMLName     xml.Name `xml:"ListBucketResult"`
		IsTruncated bool
		KeyCount    int
		Contents    []content
	}{}
	for path, b := range o.all {
		if key, ok := strings.CutPrefix(path, bucket); ok && strings.HasPrefix(key, r.URL.Query().Get("prefix")) {
			out.Contents = append(out.Contents, content{key, len(b)})
		}
	}
	slices.SortFunc(out.Contents, func(a, b content) int { return strings.Compare(a.Key, b.Key) })
	out.KeyCount = len(out.Contents)
	w.Header().Set("Content-Type", "application/xml")
	_ = xml.NewEncoder(w).Encode(out)
}

// plain takes the frames of a body away that is sent in chunks with a checksum
// behind (aws-chunked).
func plain(r *http.Request, body []byte) ([]byte, error) {
	if !strings.Contains(r.Header.Get("Content-Encoding"), "aws-chunked") {
		return body, nil
	}
	in := bufio.NewReader(bytes.NewReader(body))
	var out []byte
	for {
		head, err := in.ReadString('\n')
		if err != nil {
			return nil, fmt.Errorf("reading a body in chunks: %w", err)
		}
		size, _, _ := strings.Cut(strings.TrimSpace(head), ";")
		n, err := strconv.ParseInt(size, 16, 32)
		if err != nil {
			return nil, fmt.Errorf("reading a body in chunks: %w", err)
		}
		if n == 0 {
			return out, nil
		}
		chunk := make([]byte, n+2) // and the end of the line
		if _, err := io.ReadFull(in, chunk); err != nil {
			return nil, fmt.Errorf("reading a body in chunks: %w", err)
		}
		out = append(out, chunk[:n]...)
	}
}
