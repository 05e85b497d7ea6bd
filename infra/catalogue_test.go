package main

import (
	"fmt"
	"strings"
	"testing"

	"resonanz/shared/factfile"
	"resonanz/shared/feedback"
	"resonanz/shared/period"
)

// Athena reads the facts as the functions write them: the same columns, below the
// same folders.
func TestAthenaKnowsEveryKindOfFacts(t *testing.T) {
	tmpl := synth(t, dev)
	ids := tmpl.of("AWS::Glue::Table")
	if len(ids) != len(factfile.Kinds) {
		t.Errorf("%d tables for %d kinds of facts: %v", len(ids), len(factfile.Kinds), names(ids))
	}
	march, err := period.Parse("2026-03")
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range factfile.Kinds {
		r := tmpl.one(t, "AWS::Glue::Table", exported(string(kind))+"Facts")
		want(t, "made after its database", names(r.DependsOn), []string{"Catalogue"})
		want(t, "database", r.Properties["DatabaseName"], any("resonanz_dev"))
		table := r.Properties["TableInput"]
		want(t, "name", dig(table, "Name"), any(string(kind)))
		want(t, "partition", flat(dig(table, "PartitionKeys")), []string{"[0].Comment: yyyy-MM", "[0].Name: month", "[0].Type: string"})

		var columns, expected []string
		for _, c := range list(dig(table, "StorageDescriptor", "Columns")) {
			columns = append(columns, fmt.Sprintf("%v %v", dig(c, "Name"), dig(c, "Type")))
			if doc, _ := dig(c, "Comment").(string); doc == "" || len(doc) > longestComment {
				t.Errorf("%s.%v: comment %q", kind, dig(c, "Name"), doc)
			}
		}
		for _, c := range factfile.Columns(kind) {
			expected = append(expected, c.Name+" "+c.Type)
		}
		want(t, string(kind)+" columns", columns, expected)

		projection := dig(table, "Parameters").(map[string]any)
		where := written(projection["storage.location.template"])
		folder := strings.TrimSuffix(factfile.Prefix(march, kind), "/") + "/"
		want(t, string(kind)+" in March", strings.Replace(where, "${month}", "2026-03", 1), "s3://Reports/"+folder)
		delete(projection, "storage.location.template")
		want(t, string(kind)+" projection", flat(projection), []string{
			"EXTERNAL: TRUE", "classification: parquet", "projection.enabled: true", "projection.month.format: yyyy-MM",
			"projection.month.interval.unit: MONTHS", "projection.month.interval: 1", "projection.month.range: 2020-01,NOW+1MONTH",
			"projection.month.type: date",
		})
		want(t, "format", dig(table, "StorageDescriptor", "SerdeInfo", "SerializationLibrary"), any(parquetSerde))
	}
	want(t, "output", tmpl.Outputs["FactsDatabase"].(map[string]any)["Value"], any("resonanz_dev"))
	for _, kind := range []string{"AWS::Glue::Database", "AWS::Glue::Table"} {
		if ids := synth(t, local).of(kind); len(ids) > 0 {
			t.Errorf("%v on an emulator, which knows no %s", names(ids), kind)
		}
	}
	want(t, "production's", synth(t, prod).one(t, "AWS::Glue::Table", exported(string(feedback.KindRating))+"Facts").Properties["DatabaseName"], any("resonanz_prod"))
}

func TestADatabaseIsNamedAsAthenaTakesIt(t *testing.T) {
	want(t, "database", databaseOf("trial-2"), "resonanz_trial_2")
}

// A report is made alone, with the memory and the time that a large month needs,
// and no second attempt begins while the first may still run.
func TestReportsAreMadeOneByOne(t *testing.T) {
	tmpl := synth(t, dev)
	fn := tmpl.one(t, "AWS::Lambda::Function", "Report").Properties
	want(t, "memory and time", []int{whole(fn["MemorySize"]), whole(fn["Timeout"])}, []int{2048, 900})
	m := tmpl.one(t, "AWS::Lambda::EventSourceMapping", "ReportMapping").Properties
	want(t, "orders at a time", whole(m["BatchSize"]), 1)
	q := tmpl.one(t, "AWS::SQS::Queue", "ReportQueue").Properties
	want(t, "hidden for", whole(q["VisibilityTimeout"]), 6*900)
	fn = tmpl.one(t, "AWS::Lambda::Function", "Compact").Properties
	want(t, "memory and time of compaction", []int{whole(fn["MemorySize"]), whole(fn["Timeout"])}, []int{2048, 900})
}

// What compaction merged and deleted can be brought back for a while, and is gone
// then, with the marks of its deletion.
func TestDeletedFactsDoNotStayForEver(t *testing.T) {
	rules := dig(synth(t, dev).one(t, "AWS::S3::Bucket", "Reports").Properties, "LifecycleConfiguration", "Rules")
	want(t, "rules", flat(rules), []string{
		"[0].AbortIncompleteMultipartUpload.DaysAfterInitiation: 7", "[0].ExpiredObjectDeleteMarker: true", "[0].Id: tidy",
		"[0].NoncurrentVersionExpiration.NoncurrentDays: 90", "[0].Status: Enabled",
		"[1].ExpirationInDays: 8", "[1].Id: canary", "[1].NoncurrentVersionExpiration.NoncurrentDays: 1", "[1].Prefix: canary/", "[1].Status: Enabled",
	})
}
