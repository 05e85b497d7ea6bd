// Package storetest is the contract of package store as a test suite: every
// store runs it, so a test on Memory says what Table does.
package storetest

import (
	"context"
	"time"

	"resonanz/shared/casefile"
	"resonanz/shared/feedback"
	"resonanz/shared/period"
	"resonanz/shared/signal"
	"resonanz/shared/store"
)

// Full is all that a store does. Consumers declare the part they need.
type Full interface {
	Put(context.Context, *store.Entry) (store.Outcome, *store.Entry, error)
	Get(context.Context, feedback.ResponseKey, feedback.EventID) (*store.Entry, error)
	GetAny(context.Context, []feedback.ResponseKey, feedback.EventID) (*store.Entry, error)
	Response(context.Context, feedback.ResponseKey) ([]store.Entry, error)
	Month(context.Context, period.Period, func(store.Entry) error) error

	CreateCase(context.Context, *casefile.Case, ...*casefile.Entry) error
	GetCase(context.Context, casefile.Number) (*casefile.Case, error)
	UpdateCase(context.Context, *casefile.Case, ...*casefile.Entry) error
	Timeline(context.Context, casefile.Number) ([]casefile.Entry, error)
	EntryOf(context.Context, casefile.Number, int) (*casefile.Entry, error)
	Submit(context.Context, *store.Entry, *casefile.Case, ...*casefile.Entry) (store.Outcome, *store.Entry, error)
	Cases(context.Context, store.CaseQuery) (store.CasePage, error)
	OpenCases(context.Context, func(casefile.Due) error) error
	Relist(context.Context, casefile.Number) error
	CustomerCases(ctx context.Context, customerKey string, limit int) ([]casefile.Case, error)
	Due(context.Context, time.Time, func(store.Due) error) error

	Beat(context.Context, store.Beat) error
	Watch(context.Context, store.Beat) error
	LastBeat(context.Context, feedback.Device) (*store.Beat, error)
	PutGap(context.Context, store.Gap) error

	Invite(context.Context, *store.Entry, store.Contact) (store.Outcome, *store.Entry, error)
	Record(context.Context, *store.Entry, store.Contact) (store.Outcome, *store.Entry, error)
	LastContact(ctx context.Context, id store.ContactID, topic string) (store.Touch, error)
	Forget(ctx context.Context, customerKey string) (store.Forgotten, error)
	ForgetCase(context.Context, casefile.Number) (int, error)
	ForgetResponse(context.Context, feedback.ResponseKey) (int, error)
	ForgetContact(context.Context, store.ContactID) (int, error)
	CustomerItems(ctx context.Context, customerKey, cursor string, limit int) (store.CustomerPage, error)
	KnownOf(context.Context, store.ContactID) (store.Known, error)
	NoteErasure(context.Context, store.Erasure) error
	Erasures(context.Context) ([]store.Erasure, error)
	Expire(context.Context, period.Period, store.Expiry) (store.Expired, error)
	ExpireCases(ctx context.Context, month string, before time.Time, held func(feedback.ResponseKey) bool, each func(casefile.Number) error) (store.Expired, error)
	Sever(context.Context, feedback.ResponseKey, feedback.EventID) error
	Swept(context.Context, string) (store.Swept, error)
	PutSwept(context.Context, string, store.Swept) error
	OptOut(context.Context, store.ContactID, store.Why, time.Time) error
	OptedOut(context.Context, ...store.ContactID) (bool, error)
	Remind(context.Context, store.Reminder) error
	ForgetReminder(context.Context, feedback.ResponseKey) error

	Begin(ctx context.Context, effect string, now time.Time, lease time.Duration) (store.OnceState, error)
	Finish(ctx context.Context, effect string, now time.Time) error
	Release(ctx context.Context, effect string) error

	Crisis(context.Context) (casefile.Crisis, error)
	PutCrisis(context.Context, *casefile.Crisis) error
	Applied(context.Context) (string, error)
	SetApplied(ctx context.Context, print string) error
	Actions(context.Context) ([]casefile.CorrectiveAction, error)
	PutAction(context.Context, casefile.CorrectiveAction) error

	PutDay(context.Context, signal.Day) error
	Days(ctx context.Context, from, to string) ([]signal.Day, error)

	PutHook(context.Context, store.Hook) error
	Hook(ctx context.Context, endpoint, alertID string) (*store.Hook, error)
	Hooks(ctx context.Context, endpoint, cursor string, limit int) (store.HookPage, error)

	PutReport(context.Context, *store.ReportVersion) error
	Report(ctx context.Context, p period.Period, group string, version int) (*store.ReportVersion, error)
	LatestReport(ctx context.Context, p period.Period, group string) (*store.ReportVersion, error)
	ReportVersions(ctx context.Context, p period.Period, group string) ([]store.ReportVersion, error)
}

var (
	_ Full = (*store.Memory)(nil)
	_ Full = (*store.Table)(nil)
)
