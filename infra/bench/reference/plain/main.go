// Command plain is a rating function as a good engineer writes it with the usual
// parts: the SDK's configuration and clients as they come, attributevalue,
// encoding/json, the event types of aws-lambda-go, slog. It answers a JSON rating
// with the same one conditional write as ours, checks less than ours, and runs
// with the runtime's defaults.
package main

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

type rating struct {
	EventID     string    `json:"event_id"`
	ResponseKey string    `json:"response_key"`
	Touchpoint  string    `json:"touchpoint"`
	Channel     string    `json:"channel"`
	Scale       string    `json:"scale"`
	Rating      int       `json:"rating"`
	SubmittedAt time.Time `json:"submitted_at"`
	Language    string    `json:"language,omitempty"`
	Reason      string    `json:"reason,omitempty"`
	Comment     string    `json:"comment,omitempty"`
}

// item is the rating as ours keeps it: the same attributes, about as long.
type item struct {
	PK     string `dynamodbav:"PK"`
	SK     string `dynamodbav:"SK"`
	Kind   string `dynamodbav:"kind"`
	At     string `dynamodbav:"at"`
	Event  string `dynamodbav:"event"`
	Digest []byte `dynamodbav:"digest"`
}

type answer struct {
	EventID     string `json:"event_id"`
	ResponseKey string `json:"response_key"`
	Status      string `json:"status"`
}

type handler struct {
	db    *dynamodb.Client
	table string
	log   *slog.Logger
}

func main() {
	log := slog.New(slog.NewJSONHandler(os.Stdout, nil))
	cfg, err := config.LoadDefaultConfig(context.Background())
	if err != nil {
		log.Error("not started", "error", err)
		os.Exit(1)
	}
	h := handler{dynamodb.NewFromConfig(cfg), os.Getenv("TABLE_NAME"), log}
	lambda.Start(h.handle)
}

func (h *handler) handle(ctx context.Context, req events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
	status, body, err := h.rate(ctx, &req)
	if err != nil {
		h.log.ErrorContext(ctx, "request", "status", http.StatusInternalServerError, "error", err)
		return events.APIGatewayV2HTTPResponse{StatusCode: http.StatusInternalServerError}, nil
	}
	b, err := json.Marshal(body)
	if err != nil {
		return events.APIGatewayV2HTTPResponse{}, fmt.Errorf("writing the answer: %w", err)
	}
	h.log.InfoContext(ctx, "request", "status", status, "route", req.RouteKey)
	return events.APIGatewayV2HTTPResponse{StatusCode: status, Headers: map[string]string{"content-type": "application/json"}, Body: string(b)}, nil
}

func (h *handler) rate(ctx context.Context, req *events.APIGatewayV2HTTPRequest) (status int, body any, err error) {
	refused := map[string]string{"error": "no rating"}
	text := []byte(req.Body)
	if req.IsBase64Encoded {
		if text, err = base64.StdEncoding.DecodeString(req.Body); err != nil {
			return http.StatusBadRequest, refused, nil //nolint:nilerr // the caller's mistake, and said
		}
	}
	var r rating
	if err := json.Unmarshal(text, &r); err != nil || r.EventID == "" || r.Rating < 1 || r.Rating > 10 {
		return http.StatusBadRequest, refused, nil //nolint:nilerr // as above
	}
	now, sum := time.Now().UTC(), sha256.Sum256(text)
	month := now.Format("2006-01")
	if r.ResponseKey == "" {
		r.ResponseKey = fmt.Sprintf("%s-%x", month, sum[:8])
	}
	event, err := json.Marshal(r)
	if err != nil {
		return 0, nil, fmt.Errorf("writing the rating: %w", err)
	}
	it, err := attributevalue.MarshalMap(item{
		PK: fmt.Sprintf("%s#%02x", month, sum[0]%64), SK: r.ResponseKey + "#" + r.EventID,
		Kind: "rating", At: now.Format(time.RFC3339Nano), Event: string(event), Digest: sum[:16],
	})
	if err != nil {
		return 0, nil, fmt.Errorf("writing the item: %w", err)
	}
	_, err = h.db.PutItem(ctx, &dynamodb.PutItemInput{TableName: &h.table, Item: it, ConditionExpression: aws.String("attribute_not_exists(PK)")})
	var there *types.ConditionalCheckFailedException
	switch {
	case errors.As(err, &there):
		return http.StatusOK, answer{r.EventID, r.ResponseKey, "duplicate"}, nil
	case err != nil:
		return 0, nil, fmt.Errorf("storing the rating: %w", err)
	}
	return http.StatusCreated, answer{r.EventID, r.ResponseKey, "accepted"}, nil
}
