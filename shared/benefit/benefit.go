// Package benefit weighs what handling complaints costs against what it brings:
// customers who stay, what complainants tell others, what is learned (profit and
// return on complaint management; Stauss and Seidel, Complaint Management, 2019).
// Every share is an assumption of the owner's and belongs beside the figure that
// follows from it. The package imports nothing but the standard library. The rules
// are those of worked case 14.
package benefit

import "math"

// Assumptions are what nobody measures. Shares are 0 to 1.
type Assumptions struct {
	WouldHaveLeft  float64 // of the complainants, had nobody handled their complaint
	Retained       float64 // of those, by handling it
	MarginCents    int64   // of a customer in a year
	Years          float64 // that a retained customer stays
	Positive       float64 // contacts that one convinced complainant tells
	Conversion     float64 // of those, who become customers
	Negative       float64 // contacts that one disappointed complainant tells
	LossConversion float64 // of those, who do not become customers or leave
}

// Costs of handling complaints, in cents.
type Costs struct{ Personnel, ITAdmin, Communication, Compensation int64 }

// Sum is what they come to.
func (c Costs) Sum() int64 { return c.Personnel + c.ITAdmin + c.Communication + c.Compensation }

// Case is what is weighed.
type Case struct {
	Complaints       int64
	Convinced        float64 // complainants
	Disappointed     float64 // complainants
	InformationCents int64   // worth of what was learned
	Assumptions      Assumptions
	Costs            Costs
}

// Figures are the result. Amounts are whole cents, each rounded half away from
// zero before they are added: sums add up as printed.
type Figures struct {
	Retained         float64 // customers
	RetentionCents   int64   // benefit of those
	WordOfMouthCents int64   // benefit of what complainants tell others; may be negative
	BenefitCents     int64   // both, and what was learned
	CostCents        int64
	ProfitCents      int64    // benefit − cost
	RoCMPct          *float64 // return on complaint management: 100·profit/cost; nil without cost
	PerComplaint     *float64 // cents, not rounded; nil without complaints
}

// Of weighs c.
func Of(c Case) Figures {
	a := &c.Assumptions
	margin := float64(float64(a.MarginCents) * a.Years)
	f := Figures{Retained: float64(c.Complaints) * a.WouldHaveLeft * a.Retained, CostCents: c.Costs.Sum()}
	f.RetentionCents = Cents(f.Retained * margin)
	// A customer won or lost by hearsay is worth the margin of one year.
	won := float64(c.Convinced * a.Positive * a.Conversion)
	lost := float64(c.Disappointed * a.Negative * a.LossConversion)
	f.WordOfMouthCents = Cents((won - lost) * float64(a.MarginCents))
	f.BenefitCents = f.RetentionCents + f.WordOfMouthCents + c.InformationCents
	f.ProfitCents = f.BenefitCents - f.CostCents
	if f.CostCents != 0 {
		r := 100 * float64(f.ProfitCents) / float64(f.CostCents)
		f.RoCMPct = &r
	}
	if c.Complaints != 0 {
		each := float64(f.CostCents) / float64(c.Complaints)
		f.PerComplaint = &each
	}
	return f
}

// most is what an amount is held to, so that sums of a few fit: nobody's figures
// come near it.
const most = 1e17

// Cents rounds an amount half away from zero.
func Cents(amount float64) int64 { return int64(math.Round(min(max(amount, -most), most))) }
