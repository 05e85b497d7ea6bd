package store

import (
	"strconv"

	"resonanz/shared/feedback"
	"resonanz/shared/period"
)

// Names of the table's keys and indexes. The stack creates what these say:
// PK and SK are strings; due projects all attributes, customer only keys.
const (
	AttrPK          = "PK"
	AttrSK          = "SK"
	AttrTTL         = "ttl" // epoch seconds, on markers, contacts, settled gaps, settled webhooks, counts of days and what the canary said only
	AttrDueShard    = "due_shard"
	AttrDueAt       = "due_at"
	AttrCustomerKey = "customer_key"
	AttrRestored    = "restored" // what was brought back from a backup: which; see Restore

	IndexDue      = "due"      // hash due_shard, range due_at; sparse: cases, watched devices, reminders, webhooks to be tried again
	IndexCustomer = "customer" // hash customer_key, range PK; sparse: entries and cases with a customer key
)

// Attributes of the items.
const (
	attrKind     = "kind"
	attrAt       = "at"
	attrEvent    = "event"
	attrPersonal = "personal"
	attrDigest   = "digest"
	attrCase     = "case"
	attrVersion  = "version"
	attrEntry    = "entry"
	attrFact     = "fact" // what reporting keeps of a timeline entry
	attrReport   = "report"
	attrStep     = "step"
	attrState    = "state"
	attrOwner    = "owner"
	attrUntil    = "until"

	attrLastAt     = "last_at"
	attrSilentAt   = "silent_at"
	attrTouchpoint = "touchpoint"
	attrQueued     = "queued"
	attrApp        = "app"
	attrEventID    = "event_id"

	attrStatus   = "status"
	attrFamily   = "family"
	attrTeam     = "team"
	attrCategory = "category"
	attrSeverity = "severity"
	attrDeadline = "deadline"
	attrAction   = "action"
	attrCrisis   = "crisis"
	attrPrint    = "print"
	attrHook     = "hook"
	attrDay      = "day"
)

// Prefixes and fixed sort keys.
const (
	pkCase   = "CASE#"
	pkOnce   = "ONCE#"
	pkReport = "REPORT#"
	pkDevice = "DEVICE#"
	pkRemind = "REMIND#" // and a response key, skRemind; its event_id is the invitation's
	pkHook   = "HOOK#"   // and the id of an endpoint; the sort key is that of an alert
	pkWatch  = "WATCH#"
	pkDays   = pkWatch + "days" // all of them; the sort key is a date
	pkAction = "ACTIONS"        // all of them; the sort key is an action's id
	pkCrisis = "CRISIS"         // the only one
	pkPrint  = "APPLIED"        // the only one
	skOnly   = "-"
	skState  = "STATE"
	skBeat   = "BEAT"
	skGap    = "GAP#" // and the last sign of life before it
	skRemind = "-"
	skEntry  = "T#"
	skOnce   = "-"
)

// shards is the number of partitions of a month.
const shards = 64

// dueShards is the number of partitions of the due index for what is no case.
const dueShards = 4

// casesShard is the partition of the due index that holds the open cases: one,
// so that the work list is one query, in its order. Ended cases are in a
// partition for each month, which the clock never reads.
const (
	casesShard   = "cases"
	closedPrefix = "closed#" // and the month of the end, in UTC
)

func closedShard(month string) string { return closedPrefix + month }

// partition is the PK of a ledger entry: "2026-03#1f", month and shard.
func partition(k feedback.ResponseKey) string {
	return shardPartition(string(k[:7]), fnv1a(string(k))%shards)
}

func shardPartition(month string, shard uint32) string {
	const hex = "0123456789abcdef"
	b := make([]byte, 0, 10)
	b = append(append(b, month...), '#', hex[shard>>4], hex[shard&15])
	return string(b)
}

func sortKey(k feedback.ResponseKey, id feedback.EventID) string {
	return string(k) + "#" + string(id)
}

// dueShard spreads what is due over the partitions of the due index, by the id
// of the device, response or webhook: "0" to "3".
func dueShard(id string) string {
	return strconv.Itoa(int(fnv1a(id) % dueShards))
}

// fnv1a is the 32-bit FNV-1a hash (Fowler, Noll, Vo).
func fnv1a(s string) uint32 {
	h := uint32(2166136261)
	for i := range len(s) {
		h = (h ^ uint32(s[i])) * 16777619
	}
	return h
}

func seqKey(seq int) string { return skEntry + fourDigits(seq) }

// fourDigits pads n so that text order is number order up to 9999.
func fourDigits(n int) string {
	s := strconv.Itoa(n)
	if len(s) < 4 {
		s = "0000"[len(s):] + s
	}
	return s
}

// reportPartition holds the versions of a report: of the whole, or of a group.
func reportPartition(p period.Period, group string) string {
	if group == "" {
		return pkReport + p.String()
	}
	return pkReport + p.String() + "#" + group
}
