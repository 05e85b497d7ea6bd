// Package emulator runs the pinned AWS emulator (MiniStack) as a child process,
// on loopback only, with what it writes kept in one folder.
//
// Where it differs from AWS, as far as this project can notice (version 1.5.33):
//   - A stream mapping ignores batchItemFailures, never bisects and knows no
//     retry count: only a failed invocation is tried again, as a whole batch,
//     every second until MaximumRecordAgeInSeconds.
//   - A queue mapping does not wait for its batching window.
//   - The HTTP API writes no access log and never throttles; its host names
//     end in .execute-api.localhost.
//   - A schedule's time zone is not looked at, and schedules are swept every
//     ten seconds.
//   - A warm invocation takes about 0.1 s, whatever the function does.
package emulator

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Region, account and credentials of the emulated cloud.
const (
	Region    = "eu-central-1"
	Account   = "000000000000"
	AccessKey = "test"
	SecretKey = "test"
)

// Marker is the environment variable that every process of one local
// environment carries, with the environment's folder as its value. It is how
// they are found again, whatever happened to the process that started them.
const Marker = "RESONANZ_LOCAL_DIR"

// services are those that the stack and its deployment use; the others stay off.
var services = []string{
	"apigateway", "cloudformation", "cognito-idp", "dynamodb", "dynamodbstreams", "ecr", "events", "iam", "kms", "lambda",
	"logs", "monitoring", "s3", "scheduler", "secretsmanager", "ses", "sns", "sqs", "ssm", "sts",
}

const (
	startWithin = 60 * time.Second // a cold Python import on a slow disk
	stopWithin  = 5 * time.Second
)

// Options says how to run the emulator.
type Options struct {
	Python string // interpreter of the virtual environment
	Dir    string // absolute; holds its temporary files
	Port   int    // on 127.0.0.1; 0: a free one
	Log    *os.File
	Env    []string // more environment, for the emulator and all functions
}

// Emulator is a running emulator.
type Emulator struct {
	URL  string // http://127.0.0.1:port
	Port int

	cmd  *exec.Cmd
	done chan struct{}
	err  error
}

// Start runs the emulator and returns when it answers.
func Start(ctx context.Context, o Options) (*Emulator, error) {
	if o.Port == 0 {
		port, err := FreePort()
		if err != nil {
			return nil, err
		}
		o.Port = port
	} else if err := CheckPort(o.Port); err != nil {
		return nil, err
	}
	tmp := filepath.Join(o.Dir, "tmp")
	if err := os.MkdirAll(tmp, 0o755); err != nil {
		return nil, fmt.Errorf("making the emulator's folder: %w", err)
	}
	e := &Emulator{URL: fmt.Sprintf("http://127.0.0.1:%d", o.Port), Port: o.Port, done: make(chan struct{})}
	e.cmd = exec.Command(o.Python, "-m", "ministack.app")
	e.cmd.Dir = tmp
	e.cmd.Env = append(environment(o.Dir, e.URL, o.Port), o.Env...)
	e.cmd.Stdout, e.cmd.Stderr = o.Log, o.Log
	e.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // functions are its children: one group to end
	if err := e.cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting the emulator: %w", err)
	}
	go func() {
		e.err = e.cmd.Wait()
		close(e.done)
	}()
	if err := e.awaitReady(ctx); err != nil {
		return nil, errors.Join(err, e.Stop())
	}
	return e, nil
}

// environment is all that the emulator, and so each function, sees: nothing of
// the caller's own environment, least of all its AWS credentials.
func environment(dir, url string, port int) []string {
	tmp := filepath.Join(dir, "tmp")
	return []string{
		"PATH=/usr/local/bin:/usr/bin:/bin",
		"HOME=" + tmp,
		"TMPDIR=" + tmp,
		Marker + "=" + dir,
		"GATEWAY_PORT=" + strconv.Itoa(port),
		"BIND_HOST=127.0.0.1",
		"AWS_ENDPOINT_URL=" + url, // functions reach the emulator by it
		"AWS_ACCESS_KEY_ID=" + AccessKey,
		"AWS_SECRET_ACCESS_KEY=" + SecretKey,
		"AWS_REGION=" + Region,
		"AWS_DEFAULT_REGION=" + Region,
		"AWS_EC2_METADATA_DISABLED=true",
		"MINISTACK_REGION=" + Region,
		"MINISTACK_ACCOUNT_ID=" + Account,
		"SERVICES=" + strings.Join(services, ","),
		"PERSIST_STATE=0",
		"S3_PERSIST=0",
		"STATE_DIR=" + filepath.Join(tmp, "state"),
		"S3_DATA_DIR=" + filepath.Join(tmp, "s3"),
		"SFTP_ENABLED=0",
		"IOT_MTLS_ENABLED=0",
		"MINISTACK_COGNITO_PRETOKEN_STRICT=1",                        // as AWS: without the answer of the function signin there is no token
		"DOCKER_HOST=unix://" + filepath.Join(tmp, "no-docker.sock"), // it looks for containers of its own
		"PYTHONUNBUFFERED=1",
	}
}

func (e *Emulator) awaitReady(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startWithin)
	defer cancel()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		if Healthy(ctx, e.URL) {
			return nil
		}
		select {
		case <-e.done:
			if e.err == nil {
				e.err = errors.New("status 0")
			}
			return fmt.Errorf("starting the emulator: it ended at once; its log says why: %w", e.err)
		case <-ctx.Done():
			return fmt.Errorf("starting the emulator: no answer on %s: %w", e.URL, ctx.Err())
		case <-tick.C:
		}
	}
}

// Healthy reports whether an emulator answers at url.
func Healthy(ctx context.Context, url string) bool {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/_ministack/ready", nil)
	if err != nil {
		return false
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	defer res.Body.Close()
	return res.StatusCode == http.StatusOK
}

// Done is closed when the emulator has ended, asked or not.
func (e *Emulator) Done() <-chan struct{} { return e.done }

// Stop ends the emulator and every function process, and waits for the end.
func (e *Emulator) Stop() error {
	group := -e.cmd.Process.Pid
	if err := syscall.Kill(group, syscall.SIGTERM); err != nil && !errors.Is(err, syscall.ESRCH) {
		return fmt.Errorf("ending the emulator: %w", err)
	}
	select {
	case <-e.done:
	case <-time.After(stopWithin):
	}
	// Functions may outlive the emulator, and the emulator its politeness.
	if err := syscall.Kill(group, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
		return fmt.Errorf("ending the emulator: %w", err)
	}
	<-e.done
	return nil
}

// FreePort is a port of 127.0.0.1 that nothing listens on.
func FreePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("finding a free port: %w", err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// CheckPort says whether something listens on a port of 127.0.0.1 already.
func CheckPort(port int) error {
	l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return fmt.Errorf("port %d is taken: end what listens there (ss -ltnp 'sport = :%d' shows it) or choose another", port, port)
	}
	return l.Close()
}
