package main

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"sync"

	"resonanz/functions/desk/app"
	"resonanz/shared/httpapi"
)

// preparedRunbook is the runbook's page, made when it is asked for first.
var preparedRunbook = sync.OnceValues(app.Runbook)

// showRunbook answers with what to do about each alarm, to everybody: an alarm
// comes when nobody is signed in.
func showRunbook(r *httpapi.Request) (httpapi.Response, error) {
	page, err := preparedRunbook()
	if err != nil {
		return httpapi.Response{}, err
	}
	sum := sha256.Sum256([]byte(page))
	return cached(r, httpapi.Page(http.StatusOK, page, app.RunbookPolicy()), hex.EncodeToString(sum[:6]), false), nil
}
