package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"resonanz/infra/local/emulator"
	"resonanz/infra/local/runtimeapi"
	"resonanz/infra/local/stack"
)

// invoke runs one function binary on one payload, against the running local
// stack: with the environment that the stack gives the function.
func invoke(ctx context.Context, dir string, args []string, out io.Writer) error {
	f := flags("invoke")
	name := f.String("fn", "", "")
	event := f.String("event", "", "")
	if err := parse(f, args); err != nil {
		return err
	}
	if *name == "" || *event == "" {
		return fmt.Errorf("%w of invoke: name a function and a payload, such as --fn rating --event events/samples/rating-get.json", errUsage)
	}
	payload, err := os.ReadFile(*event)
	if err != nil {
		return fmt.Errorf("reading the payload: %w", err)
	}
	if !json.Valid(payload) {
		return fmt.Errorf("reading the payload: %s is not JSON", *event)
	}
	binary := filepath.Join(filepath.Dir(dir), stack.Arch(), *name, "bootstrap")
	if _, err := os.Stat(binary); err != nil {
		return fmt.Errorf("finding the binary of %s: %w: run `make build ARCH=%s`", *name, err, stack.Arch())
	}
	o, err := stack.ReadOutputs(dir)
	if err != nil {
		return err
	}
	deployed, err := o.Function(ctx, *name)
	if err != nil {
		return err
	}
	project := stack.Project{Root: filepath.Dir(filepath.Dir(dir))}
	payload, replaced, err := freshen(payload, signer(ctx, o, project))
	if err != nil {
		return err
	}
	if len(replaced) > 0 {
		fmt.Fprintln(os.Stderr, "signed for this stack:", strings.Join(replaced, ", "))
	}
	result, err := runtimeapi.Invoke(ctx, runtimeapi.Function{Binary: binary, Name: deployed.Name, Env: functionEnv(o, deployed)}, payload, os.Stderr)
	if err != nil {
		return fmt.Errorf("invoking %s: %w", *name, err)
	}
	fmt.Fprintf(os.Stderr, "started in %.1f ms, answered in %.1f ms\n", result.Init.Seconds()*1000, result.Duration.Seconds()*1000)
	var pretty bytes.Buffer
	if json.Indent(&pretty, result.Response, "", "  ") != nil {
		pretty.Write(result.Response)
	}
	_, err = fmt.Fprintln(out, pretty.String())
	return err
}

// functionEnv is what Lambda would set for the deployed function.
func functionEnv(o *stack.Outputs, f *stack.Function) []string {
	env := []string{
		"AWS_REGION=" + o.Region,
		"AWS_ACCESS_KEY_ID=" + emulator.AccessKey,
		"AWS_SECRET_ACCESS_KEY=" + emulator.SecretKey,
		"AWS_ENDPOINT_URL=" + o.EndpointURL,
	}
	for k, v := range f.Env {
		env = append(env, k+"="+v)
	}
	sort.Strings(env)
	return env
}
