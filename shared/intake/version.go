package intake

import (
	"context"
	"net/http"
	"strconv"

	"resonanz/shared/feedback"
	"resonanz/shared/link"
	"resonanz/shared/problem"
	"resonanz/shared/store"
)

// MaxVersions is how many answers can be stored through one link: the first one and
// what was changed since. Each has a place of its own, whose number makes its id;
// the page that is answered names the first that was free, so that no read is
// needed before the write, and no link can fill the table.
const MaxVersions = 64

// versionID is the id of the answer at a place of a link.
func versionID(k feedback.ResponseKey, place int) feedback.EventID {
	return feedback.DeriveEventID("version", string(k), strconv.Itoa(place))
}

// FreePlace is the first place of a link that no entry has; link.NoPlace: all are
// taken.
func FreePlace(k feedback.ResponseKey, entries []store.Entry) byte {
	taken := make(map[feedback.EventID]bool, len(entries))
	for i := range entries {
		taken[entries[i].EventID] = true
	}
	for place := range MaxVersions {
		if !taken[versionID(k, place)] {
			return byte(place)
		}
	}
	return link.NoPlace
}

// at gives s, whose id stands for all that was said so far, its place of a link.
func (s *Submission) at(place byte) {
	s.linked, s.placed = true, int(place) < MaxVersions
	if s.placed {
		s.Rating.EventID = versionID(s.Rating.ResponseKey, int(place))
	}
}

// Versions is where the answers of a link go and are.
type Versions interface {
	Ledger
	Response(context.Context, feedback.ResponseKey) ([]store.Entry, error)
}

// placings bounds how often another place is looked for because somebody else was
// faster.
const placings = 5

// AcceptVersion is Accept for what is said through a link. Where the page could not
// know the free place, or another answer took it since, the next one is looked for:
// a changed answer is stored beside the one before, up to MaxVersions. Errors: those
// of Accept, and a 409 problem with the code TooManyVersions.
func AcceptVersion(ctx context.Context, l Versions, s *Submission) (Receipt, error) {
	if !s.linked {
		return Accept(ctx, l, s)
	}
	if s.placed {
		r, err := Accept(ctx, l, s)
		if err == nil || problem.Of(err).Code != problem.EventConflict {
			return r, err
		}
	}
	k := s.Rating.ResponseKey
	for range placings {
		entries, err := l.Response(ctx, k)
		if err != nil {
			return Receipt{}, unavailable(err)
		}
		for i := range entries {
			if e := &entries[i]; e.Kind == s.Kind() && e.Digest == s.digest {
				return Receipt{EventID: e.EventID, ResponseKey: k, Status: Duplicate}, nil
			}
		}
		place := FreePlace(k, entries)
		if place == link.NoPlace {
			return Receipt{}, problem.New(http.StatusConflict, problem.TooManyVersions, "This answer was changed too often: the last one stays.")
		}
		s.at(place)
		r, err := Accept(ctx, l, s)
		if err == nil || problem.Of(err).Code != problem.EventConflict {
			return r, err
		}
	}
	return Receipt{}, unavailable(store.ErrConflict)
}
