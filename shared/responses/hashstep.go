package responses

// The lines of contacts and of steps of cases; Hash says what stands in them.

func (w *lineWriter) contact(b []byte, c *Contact) []byte {
	b = w.ids(b, "contact", c.Event, c.Key)
	b = field(b, w.texts[c.Touchpoint])
	b = number(b, c.At)
	b = number(b, c.Received)
	b = field(b, w.texts[c.Topic])
	b = optional(b, c.Resolved)
	b = flag(b, c.Beyond)
	b = flag(b, c.Known)
	b = w.optionalKey(b, c.PreviousKey)
	return append(moment(b, c.Previous), '\n')
}

func (w *lineWriter) transition(b []byte, t *Transition) []byte {
	b = w.words(append(b, "transition"...), t.Case)
	b = number(b, int64(t.Seq))
	b = number(b, t.At)
	b = w.words(b, t.Action, t.By, t.Rule, t.From, t.Status)
	b = flag(b, t.Informed)
	b = flag(b, t.Notifiable)
	b = w.words(b, t.Family, t.Touchpoint, t.Channel, t.Category, t.Severity)
	b = short(b, []byte{t.Segment})
	b = w.optionalKey(b, t.Key)
	b = moment(b, t.Received)
	b = w.words(b, t.Policy)
	for _, at := range [...]int64{
		t.AcknowledgedAt, t.FirstResponseAt, t.ResolvedAt, t.LastResolvedAt, t.ClosedAt, t.ReopenedAt, t.ApologyAt,
	} {
		b = moment(b, at)
	}
	b = w.words(b, t.Decision, t.DecisionReason)
	b = flag(b, t.DecidedByName)
	b = w.words(b, t.RootCause, t.Measure)
	b = optional(b, t.Satisfaction)
	return append(w.words(b, t.Compensations), '\n')
}

func (w *lineWriter) escalation(b []byte, e *Escalation) []byte {
	b = append(append(b, "escalation"...), '\t')
	b = appendEventID(b, e.Event)
	b = w.words(b, e.Case, e.Rule, e.Clock, e.Family, e.Touchpoint, e.Category)
	for _, at := range [...]int64{e.Raised, e.Seen, e.Handled} {
		b = moment(b, at)
	}
	return append(number(b, e.At), '\n')
}

func (w *lineWriter) words(b []byte, names ...Name) []byte {
	for _, n := range names {
		b = field(b, w.texts[n])
	}
	return b
}

// optionalKey writes a key; nothing for the zero key.
func (w *lineWriter) optionalKey(b []byte, k Key) []byte {
	b = append(b, '\t')
	if k == (Key{}) {
		return b
	}
	return w.key(b, k)
}

// moment writes a time; nothing where there is none.
func moment(b []byte, ms int64) []byte {
	if ms == 0 {
		return append(b, '\t')
	}
	return number(b, ms)
}
