package tablefile

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

var plain = cmp.Options{cmpopts.IgnoreUnexported(
	types.AttributeValueMemberS{}, types.AttributeValueMemberN{}, types.AttributeValueMemberB{}, types.AttributeValueMemberBOOL{}, types.AttributeValueMemberNULL{},
	types.AttributeValueMemberSS{}, types.AttributeValueMemberNS{}, types.AttributeValueMemberBS{}, types.AttributeValueMemberM{}, types.AttributeValueMemberL{},
), cmpopts.EquateEmpty()}

func anyValue(depth int) *rapid.Generator[types.AttributeValue] {
	return rapid.Custom(func(t *rapid.T) types.AttributeValue {
		digits := rapid.StringMatching(`-?[1-9][0-9]{0,37}(\.[0-9]{1,5})?`)
		kinds := 8
		if depth > 0 {
			kinds = 10
		}
		switch rapid.IntRange(0, kinds-1).Draw(t, "type") {
		case 0:
			return &types.AttributeValueMemberS{Value: rapid.String().Draw(t, "S")}
		case 1:
			return &types.AttributeValueMemberN{Value: digits.Draw(t, "N")}
		case 2:
			return &types.AttributeValueMemberB{Value: rapid.SliceOf(rapid.Byte()).Draw(t, "B")}
		case 3:
			return &types.AttributeValueMemberBOOL{Value: rapid.Bool().Draw(t, "BOOL")}
		case 4:
			return &types.AttributeValueMemberNULL{Value: true}
		case 5:
			return &types.AttributeValueMemberSS{Value: rapid.SliceOfN(rapid.String(), 1, 3).Draw(t, "SS")}
		case 6:
			return &types.AttributeValueMemberNS{Value: rapid.SliceOfN(digits, 1, 3).Draw(t, "NS")}
		case 7:
			return &types.AttributeValueMemberBS{Value: rapid.SliceOfN(rapid.SliceOf(rapid.Byte()), 1, 3).Draw(t, "BS")}
		case 8:
			return &types.AttributeValueMemberL{Value: rapid.SliceOfN(anyValue(depth-1), 0, 3).Draw(t, "L")}
		}
		return &types.AttributeValueMemberM{Value: anyItem(depth-1).Draw(t, "M")}
	})
}

func anyItem(depth int) *rapid.Generator[Item] {
	return rapid.MapOfN(rapid.String(), anyValue(depth), 0, 4)
}

func TestNothingOfAnItemIsLost(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		items := rapid.SliceOfN(anyItem(3), 0, 5).Draw(t, "items")
		var b bytes.Buffer
		w := NewWriter(&b)
		for _, it := range items {
			if err := w.Write(it); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil || w.Rows() != len(items) {
			t.Fatal(err)
		}
		var got []Item
		n, err := Read(context.Background(), &b, func(it Item) error { got = append(got, it); return nil })
		if diff := cmp.Diff(items, got, plain); err != nil || n != len(items) || diff != "" {
			t.Errorf("%d rows, %v: %s", n, err, diff)
		}
	})
}

// The example is that of the DynamoDB developer guide, "DynamoDB table export
// output format", with every type of value.
func TestWhatDynamoDBExportsIsRead(t *testing.T) {
	const line = `{"Item":{"Authors":{"SS":["Author1","Author2"]},"Dimensions":{"S":"8.5 x 11.0 x 1.5"},"ISBN":{"S":"333-3333333333"},"Id":{"N":"103"},"InPublication":{"BOOL":false},` +
		`"PageCount":{"N":"600"},"Price":{"N":"2000"},"None":{"NULL":true},"Picture":{"B":"U3Vubnk="},"More":{"L":[{"M":{"a":{"NS":["1"]}}},{"BS":["UmFpbnk="]}]}}}`
	it, err := Unmarshal([]byte(line))
	want := Item{
		"Authors": &types.AttributeValueMemberSS{Value: []string{"Author1", "Author2"}}, "Dimensions": &types.AttributeValueMemberS{Value: "8.5 x 11.0 x 1.5"},
		"ISBN": &types.AttributeValueMemberS{Value: "333-3333333333"}, "Id": &types.AttributeValueMemberN{Value: "103"}, "InPublication": &types.AttributeValueMemberBOOL{},
		"PageCount": &types.AttributeValueMemberN{Value: "600"}, "Price": &types.AttributeValueMemberN{Value: "2000"}, "None": &types.AttributeValueMemberNULL{Value: true},
		"Picture": &types.AttributeValueMemberB{Value: []byte("Sunny")},
		"More": &types.AttributeValueMemberL{Value: []types.AttributeValue{
			&types.AttributeValueMemberM{Value: Item{"a": &types.AttributeValueMemberNS{Value: []string{"1"}}}},
			&types.AttributeValueMemberBS{Value: [][]byte{[]byte("Rainy")}},
		}},
	}
	if diff := cmp.Diff(want, it, plain); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
}

func TestWhatIsNoItemIsRefusedByItsLine(t *testing.T) {
	for _, line := range []string{
		`{`, `{}`, `[]`, `{"Item":null}`, `{"Item":{"a":"b"}}`, `{"Item":{"a":{}}}`, `{"Item":{"a":{"S":1}}}`, `{"Item":{"a":{"S":null}}}`, `{"Item":{"a":{"X":"1"}}}`,
		`{"Item":{"a":{"S":"1","N":"1"}}}`, `{"Item":{"a":{"B":"%"}}}`, `{"Item":{"a":{"M":{"b":1}}}}`, `{"Item":{"a":{"L":[1]}}}`, `{"Item":{"a":{"BOOL":"yes"}}}`,
	} {
		var b bytes.Buffer
		zip := gzip.NewWriter(&b)
		fmt.Fprintf(zip, "{\"Item\":{}}\n%s\n", line)
		if err := zip.Close(); err != nil {
			t.Fatal(err)
		}
		_, err := Read(t.Context(), &b, func(Item) error { return nil })
		if !errors.Is(err, ErrFormat) || !strings.Contains(err.Error(), "line 2") {
			t.Errorf("%s: %v", line, err)
		}
	}
}

func TestAFileThatIsCutShortIsNoFile(t *testing.T) {
	var b bytes.Buffer
	w := NewWriter(&b)
	for i := range 100 {
		if err := w.Write(Item{"PK": &types.AttributeValueMemberS{Value: fmt.Sprint(i * i)}}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	for _, cut := range []int{0, 5, b.Len() / 2, b.Len() - 1} {
		if n, err := Read(t.Context(), bytes.NewReader(b.Bytes()[:cut]), func(Item) error { return nil }); err == nil {
			t.Errorf("cut at %d: %d rows are taken for all", cut, n)
		}
	}
	broken := errors.New("broken")
	if n, err := Read(t.Context(), io.MultiReader(bytes.NewReader(b.Bytes())), func(Item) error { return broken }); !errors.Is(err, broken) || n != 1 {
		t.Errorf("%d rows, %v", n, err)
	}
}
