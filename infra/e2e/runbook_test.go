package e2e

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
)

// TestTheAddressInEachAlarmOpensItsSection follows the last word of each alarm's
// description as it is deployed, as whoever gets it by mail would.
func TestTheAddressInEachAlarmOpensItsSection(t *testing.T) {
	var alarms []types.MetricAlarm
	pages := cloudwatch.NewDescribeAlarmsPaginator(cloudwatch.NewFromConfig(deployed.AWS()), &cloudwatch.DescribeAlarmsInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		alarms = append(alarms, page.MetricAlarms...)
	}
	if len(alarms) < 40 {
		t.Fatalf("%d alarms are deployed", len(alarms))
	}
	opened := map[string]string{}
	for i := range alarms {
		description := aws.ToString(alarms[i].AlarmDescription)
		address, id, ok := strings.Cut(description[strings.LastIndexByte(description, ' ')+1:], "#")
		if !ok || !strings.Contains(aws.ToString(alarms[i].AlarmName), id) {
			t.Errorf("%s: %q", aws.ToString(alarms[i].AlarmName), description)
			continue
		}
		if _, ok := opened[address]; !ok {
			opened[address] = public(t, address)
		}
		if !strings.Contains(opened[address], ` id="`+id+`"`) {
			t.Errorf("%s has no section %s", address, id)
		}
	}
	if len(opened) != 1 {
		t.Errorf("%d pages", len(opened))
	}
}

// public gets a page that everybody may see.
func public(t *testing.T, address string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK || !strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") {
		t.Fatalf("%s: %s %s %v", address, res.Status, res.Header.Get("Content-Type"), err)
	}
	return string(b)
}
