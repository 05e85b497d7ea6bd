package main

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"math"

	"resonanz/infra/scale/flow"
	"resonanz/infra/scale/settings"
)

//go:embed quotas.json
var quotasFile []byte

// quota is one limit of AWS, or of our own.
type quota struct {
	ID      string  `json:"id"`
	Service string  `json:"service"`
	Quota   string  `json:"quota"`
	Code    string  `json:"code"` // of Service Quotas; empty: none, or not known
	Default float64 `json:"default"`
	Raise   string  `json:"raise"`
	Source  string  `json:"source"`
	Basis   string  `json:"basis"`
}

func readQuotas() (checked string, all []quota, err error) {
	var f struct {
		Checked string  `json:"checked"`
		Quotas  []quota `json:"quotas"`
	}
	if err := json.Unmarshal(quotasFile, &f); err != nil {
		return "", nil, fmt.Errorf("reading quotas.json: %w", err)
	}
	return f.Checked, f.Quotas, nil
}

// lambdaConcurrency is how many invocations an account runs at the same time at most,
// of all its functions.
const lambdaConcurrency = 1000

// What is supposed where nothing measured says it.
const (
	// escalated is the share of ratings that open a case.
	escalated = 0.02
	// requestsOfVote is what a vote by link asks of the API: the page, the form, the thanks.
	requestsOfVote = 3
	// recordBytes is a message of a rating as Lambda hands it over: half of it what SQS
	// says of a message.
	recordBytes = 1200
	// coldSeconds is how long a new environment is busy with its first request.
	coldSeconds = 0.25
	// logFlush is how often an environment sends its lines, per second.
	logFlush = 1.0
)

// bites says at how many ratings a second each quota is reached.
func bites(q quota, s *settings.Settings, stages map[string]*flow.Stage) (rate float64, how string) {
	rating, fan, facts, esc := stages["rating"], stages["fanout"], stages["facts"], stages["escalation"]
	// Invocations at a time for each rating a second.
	busy := rating.Takes(1) + fan.Takes(fan.Batch)/float64(fan.Batch) + facts.Takes(facts.Batch)/float64(facts.Batch)
	switch q.ID {
	case "stage":
		return float64(s.Rate), fmt.Sprintf("as JSON one by one; %s votes/s by link (%d requests each); 500 times as many in batches", figure(math.Floor(float64(s.Rate)/requestsOfVote)), requestsOfVote)
	case "api":
		return q.Default, fmt.Sprintf("as JSON; %s votes/s by link", figure(math.Floor(q.Default/requestsOfVote)))
	case "concurrency":
		return q.Default / busy, fmt.Sprintf("%s ms of rating, fanout and facts for each; if each also concerns escalation %s/s", figure(busy*1000), figure(q.Default/(busy+esc.Takes(esc.Batch)/float64(esc.Batch))))
	case "scaling":
		return q.Default / coldSeconds, fmt.Sprintf("from nothing in one moment, at %g s for a first request; what is above is refused for some seconds (503), and devices send again", coldSeconds)
	case "newtable", "table":
		return q.Default, "one unit each; see the table of partitions"
	case "partition":
		return q.Default * 64, "64 keys a month"
	case "cases":
		return q.Default / 2 / escalated, fmt.Sprintf("%s new cases/s, if %g %% of the ratings open one", figure(q.Default/2), escalated*100)
	case "shard":
		return fan.Capacity(float64(max(s.Mappings["fanout"].Factor, 1))), "of one shard, where each goes to both queues; what is above waits, up to 24 hours"
	case "inflight":
		return math.Inf(1), fmt.Sprintf("no: %d pollers of facts hold %s, all that may run of escalation %s", queueBegins, figure(queueBegins*float64(facts.Batch)), figure(lambdaConcurrency*float64(esc.Batch)))
	case "pollers":
		return esc.Capacity(q.Default), "of escalation; facts are held to two at a time, for few and large files"
	case "payload":
		return math.Inf(1), fmt.Sprintf("no: a batch of facts ends at about %s of its %s records", figure(min(float64(facts.Batch), q.Default/recordBytes)), figure(float64(facts.Batch)))
	case "put":
		return q.Default * float64(facts.Batch), "one file for each batch"
	case "logs":
		return q.Default / logFlush / rating.Takes(1), fmt.Sprintf("%s environments that each send once a second", figure(q.Default/logFlush))
	case "secrets":
		return math.Inf(1), "no: one or two for each new environment, which are fewer (row above)"
	case "schedule":
		return math.Inf(1), "no: one a minute, whatever comes"
	case "mailday":
		return math.Inf(1), fmt.Sprintf("ratings: no. %s invitations a day; what is above waits and is put aside after its tries", figure(q.Default))
	case "mail":
		return math.Inf(1), "ratings: no. Five mails at a time would be some 50/s: what SES refuses tries again within ten seconds, and waits in the queue"
	}
	return math.Inf(1), "[the report](#the-report-of-a-hundred-million-facts)"
}

func (p *paper) addQuotas(s *settings.Settings, stages map[string]*flow.Stage) error {
	checked, all, err := readQuotas()
	if err != nil {
		return err
	}
	rows := [][]string{{"service", "limit", "default", "reached at ratings/s", "that is", "how to raise it", "source"}}
	for _, q := range all {
		if q.ID == "queries" {
			rows = append(rows, []string{q.Service, q.Quota, figure(q.Default), "–", "people's questions", q.Raise, q.Source})
			continue
		}
		rate, how := bites(q, s, stages)
		limit, at := q.Default, "–"
		if q.ID == "stage" {
			limit = float64(s.Rate)
		}
		if !math.IsInf(rate, 0) {
			at = figure(math.Floor(rate))
		}
		name := q.Quota
		if q.Code != "" {
			name += " (" + q.Code + ")"
		}
		source := q.Source
		if q.Basis == "known" {
			source += " (figure as commonly known: check)"
		}
		rows = append(rows, []string{q.Service, name, figure(limit), at, how, q.Raise, source})
	}
	p.add("quotas", table(rows)+"\nChecked "+checked+".")
	return nil
}
