package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/uuid"

	"resonanz/shared/casefile"
	"resonanz/shared/store"
)

// standing is a case, and the page where its customer reads how it stands.
type standing struct {
	*journey
	number casefile.Number
	page   string
}

// complain fills in the form of a touchpoint and reads the acknowledgement.
func (j *journey) complain(touchpoint string) standing {
	c, mark := newCustomer(), "mark-"+uuid.NewString()
	address := j.PublicURL + "/complain/" + touchpoint
	next := j.submit(address+"?l=fr", url.Values{
		"comment": {"Le remboursement a du retard. " + mark}, "category": {"billing.refund_delay"}, "remedy": {"Un remboursement"},
		"annoyance": {"5"}, "name": {"Camille Modèle"}, "email": {c.address}, "l": {"fr"},
	})
	said := j.ask([]int{http.StatusOK}, http.MethodGet, next, "", "Accept", "text/html")
	k := standing{journey: j, number: casefile.Number(caseNumber.FindString(said.body))}
	k.page, _, _ = strings.Cut(next, "?")
	if k.number == "" && j.err == nil {
		j.err = fmt.Errorf("%s: the acknowledgement names no case", j.name)
	}
	j.owe(func(o *owed) { o.marks[mark], o.complaints[k.number] = true, c.address })
	return k
}

// there waits for the case.
func (k standing) there() {
	k.until("the case", func() (bool, error) {
		_, err := k.table.GetCase(k.ctx, k.number)
		return err == nil, err
	})
}

// act opens the status page and does one thing on it.
func (k standing) act(what string, more url.Values) {
	form := url.Values{"do": {what}}
	for name, v := range more {
		form[name] = v
	}
	k.submit(k.page, form)
}

// work gives one command of staff to the case as it was just read; where somebody
// else was faster, to the case as it is by then.
func (k standing) work(name string, body map[string]any) {
	if body == nil {
		body = map[string]any{}
	}
	body["event_id"] = uuid.NewString()
	bearer := k.token("cases", "approve")
	address := "/v1/cases/" + string(k.number)
	k.until(name, func() (bool, error) {
		read := k.ask([]int{http.StatusOK}, http.MethodGet, address, "", "Authorization", bearer)
		a := k.ask([]int{http.StatusOK, http.StatusPreconditionFailed, http.StatusConflict}, http.MethodPost, address+"/"+name, k.json(body),
			"Authorization", bearer, "If-Match", read.header.Get("ETag"), "Content-Type", jsonType)
		if k.err == nil && a.status != http.StatusOK {
			return false, fmt.Errorf("%d %.200s", a.status, a.body)
		}
		return true, nil
	})
}

var instants = regexp.MustCompile(`"[12]\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"`)

const dueText = "2006-01-02T15:04:05.000Z"

// reach lets time pass for one case until the next thing that the clock does with
// it is due, has the clock look, and waits until it was done. Nobody waits: the
// case grows older at once, each of its times by the same.
func (k standing) reach() {
	k.owe(func(o *owed) { o.aged[k.number] = true })
	var before int
	k.until("time to pass", func() (bool, error) {
		c, err := k.table.GetCase(k.ctx, k.number)
		if err == nil {
			before, err = c.Version, k.age(k.ctx, c)
		}
		return err == nil, err
	})
	k.call("clock", `{"schedule":"clock"}`)
	k.until("the clock to be heard", func() (bool, error) {
		c, err := k.table.GetCase(k.ctx, k.number)
		if err == nil && c.Version <= before {
			err = fmt.Errorf("%s at version %d", c.Status, c.Version)
		}
		return err == nil, err
	})
}

// age moves all times of a case so that its next is past.
func (r *rig) age(ctx context.Context, c *casefile.Case) error {
	if c.NextAt.IsZero() || !c.NextAt.Before(casefile.NoAction) {
		return errors.New("nothing is left for the clock to do")
	}
	by := time.Until(c.NextAt) + time.Second
	b, err := json.Marshal(c)
	if err != nil {
		return err
	}
	older := instants.ReplaceAllStringFunc(string(b), func(s string) string {
		at, err := time.Parse(time.RFC3339, strings.Trim(s, `"`))
		if err != nil || !at.Before(casefile.NoAction) {
			return s
		}
		return at.Add(-by).Format(`"` + dueText + `"`)
	})
	_, err = dynamodb.NewFromConfig(r.AWS()).UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                &r.Table,
		Key:                      itemKey("CASE#"+string(c.Number), "STATE"),
		UpdateExpression:         aws.String("SET #case = :case, #due = :due"),
		ConditionExpression:      aws.String("#version = :version"),
		ExpressionAttributeNames: map[string]string{"#case": "case", "#due": store.AttrDueAt, "#version": "version"},
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":case": text(older), ":due": text(c.NextAt.Add(-by).UTC().Format(dueText)),
			":version": &types.AttributeValueMemberN{Value: fmt.Sprint(c.Version)},
		},
	})
	return err
}

// setDue moves the time of an item of the due index.
func (r *rig) setDue(ctx context.Context, pk, sk string, at time.Time) error {
	_, err := dynamodb.NewFromConfig(r.AWS()).UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: &r.Table, Key: itemKey(pk, sk), UpdateExpression: aws.String("SET #due = :at"), ConditionExpression: aws.String("attribute_exists(#due)"),
		ExpressionAttributeNames:  map[string]string{"#due": store.AttrDueAt},
		ExpressionAttributeValues: map[string]types.AttributeValue{":at": text(at.UTC().Format(dueText))},
	})
	return err
}

func itemKey(pk, sk string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{store.AttrPK: text(pk), store.AttrSK: text(sk)}
}

func text(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }
