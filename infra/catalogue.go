package main

import (
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsglue"
	"github.com/aws/jsii-runtime-go"

	"resonanz/shared/factfile"
)

// firstMonth is the first whose facts Athena looks for: before it there were none.
const firstMonth = "2020-01"

// The parts of Hive by which Athena reads Parquet.
const (
	parquetInput  = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat"
	parquetOutput = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat"
	parquetSerde  = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"
)

// addCatalogue tells Athena of the facts: a database with a table for each kind.
// Months are projected from their names, so that no crawler runs and no partition
// is added. It costs nothing until somebody asks.
func (s *stack) addCatalogue() {
	if s.Local {
		return
	}
	s.catalogue = databaseOf(s.Stage)
	database := awsglue.NewCfnDatabase(s.scope, str("Catalogue"), &awsglue.CfnDatabaseProps{
		CatalogId: s.scope.Account(),
		DatabaseInput: &awsglue.CfnDatabase_DatabaseInputProperty{
			Name:        str(s.catalogue),
			Description: str("Resonanz: anonymous facts of customer feedback (" + string(s.Stage) + ")"),
		},
	})
	for _, kind := range factfile.Kinds {
		table := awsglue.NewCfnTable(s.scope, str(exported(string(kind))+"Facts"), &awsglue.CfnTableProps{
			CatalogId:    s.scope.Account(),
			DatabaseName: str(s.catalogue),
			TableInput: &awsglue.CfnTable_TableInputProperty{
				Name:          str(string(kind)),
				Description:   str("Facts of kind " + string(kind) + "; several rows of one event are one fact"),
				TableType:     str("EXTERNAL_TABLE"),
				PartitionKeys: []any{awsglue.CfnTable_ColumnProperty{Name: str("month"), Type: str("string"), Comment: str("yyyy-MM")}},
				Parameters: map[string]any{
					"EXTERNAL": "TRUE", "classification": "parquet",
					"projection.enabled":             "true",
					"projection.month.type":          "date",
					"projection.month.format":        "yyyy-MM",
					"projection.month.interval":      "1",
					"projection.month.interval.unit": "MONTHS",
					// Months end in the organisation's zone, which may be ahead of UTC.
					"projection.month.range":    firstMonth + ",NOW+1MONTH",
					"storage.location.template": s.location("month=${month}/" + string(kind) + "/"),
				},
				StorageDescriptor: &awsglue.CfnTable_StorageDescriptorProperty{
					Location:     str(s.location("")),
					InputFormat:  str(parquetInput),
					OutputFormat: str(parquetOutput),
					SerdeInfo:    &awsglue.CfnTable_SerdeInfoProperty{SerializationLibrary: str(parquetSerde)},
					Columns:      columnsOf(factfile.Columns(kind)),
					Compressed:   jsii.Bool(true),
				},
			},
		})
		table.Node().AddDependency(database)
	}
}

// databaseOf is the name of a stage's database. Of marks, Athena takes the underscore
// alone, which the name of a stage never holds.
func databaseOf(stage Stage) string {
	return "resonanz_" + strings.ReplaceAll(string(stage), "-", "_")
}

// location is a folder of the facts as Athena names it.
func (s *stack) location(folder string) string {
	return "s3://" + *s.bucket.BucketName() + "/" + factsFolder + folder
}

// longestComment is what Glue takes, in bytes.
const longestComment = 255

func columnsOf(columns []factfile.Column) *[]any {
	all := make([]any, len(columns))
	for i, c := range columns {
		doc := c.Doc
		if len(doc) > longestComment {
			doc = strings.ToValidUTF8(doc[:longestComment], "")
		}
		all[i] = awsglue.CfnTable_ColumnProperty{Name: str(c.Name), Type: str(c.Type), Comment: str(doc)}
	}
	return &all
}
