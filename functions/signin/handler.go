package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"resonanz/shared/intake"
)

// ours begins every scope that permits something here: "resonanz/cases" is for
// the group cases.
const ours = "resonanz/"

// codeAttribute holds what a user's deeds are recorded under; only who administers
// the pool may write it. codeClaim is what a token calls it.
const (
	codeAttribute = "custom:code"
	codeClaim     = "staff_code"
)

// event is Cognito's of a token to be written (pre token generation, V2_0). What
// is not read here goes back as it came.
type event map[string]json.RawMessage

// request is the part of an event that is read.
type request struct {
	UserAttributes map[string]string `json:"userAttributes"`
	Groups         struct {
		Names []string `json:"groupsToOverride"`
	} `json:"groupConfiguration"`
	Scopes []string `json:"scopes"`
}

// response is what becomes of the access token.
type response struct {
	Override struct {
		Access struct {
			Add      map[string]string `json:"claimsToAddOrOverride"`
			Suppress []string          `json:"scopesToSuppress"`
		} `json:"accessTokenGeneration"`
	} `json:"claimsAndScopeOverrideDetails"`
}

type handler struct {
	log *slog.Logger
	now func() time.Time
}

// Handle answers with the event and what to change in the token. An error means
// that there is no token; it names nobody.
func (h *handler) Handle(ctx context.Context, ev event) (event, error) {
	begin := h.now()
	res, kept, err := decide(ev)
	if err != nil {
		h.log.ErrorContext(ctx, "no token", "cause", err.Error())
		return nil, err
	}
	ev["response"] = res
	h.log.InfoContext(ctx, "token", "scopes", strings.Join(kept, " "), "took_ms", h.now().Sub(begin).Milliseconds())
	return ev, nil
}

// decide answers an event, and with which of our scopes.
func decide(ev event) (_ json.RawMessage, kept []string, err error) {
	// Of another version the answer would be overlooked, and the token keep
	// everything.
	var version string
	if err := json.Unmarshal(ev["version"], &version); err != nil || version != "2" {
		return nil, nil, errors.New("reading what the user pool sent: this is not version 2 of its event")
	}
	var req request
	if err := json.Unmarshal(ev["request"], &req); err != nil {
		return nil, nil, errors.New("reading what the user pool sent: its request cannot be read")
	}
	var res response
	add, suppress := map[string]string{}, []string{}
	for _, scope := range req.Scopes {
		switch group, own := strings.CutPrefix(scope, ours); {
		case !own:
		case slices.Contains(req.Groups.Names, group):
			kept = append(kept, scope)
		default:
			suppress = append(suppress, scope)
		}
	}
	if code := req.UserAttributes[codeAttribute]; intake.Person(code) {
		add[codeClaim] = code
	}
	res.Override.Access.Add, res.Override.Access.Suppress = add, suppress
	b, err := json.Marshal(res)
	if err != nil {
		return nil, nil, fmt.Errorf("answering the user pool: %w", err)
	}
	return b, kept, nil
}
