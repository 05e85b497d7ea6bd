package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"resonanz/infra/credential"
	"resonanz/infra/local/stack"
	"resonanz/shared/feedback"
)

// token prints a JWT of the stack's own user pool.
func token(ctx context.Context, dir string, args []string, out io.Writer) error {
	f := flags("token")
	scope := f.String("scope", "invite cases reports privacy intake", "")
	if err := parse(f, args); err != nil {
		return err
	}
	o, err := stack.ReadOutputs(dir)
	if err != nil {
		return err
	}
	jwt, err := o.Token(ctx, strings.Fields(*scope)...)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(out, jwt)
	return err
}

// deviceKey prints a device's key, and the link that enrols it.
func deviceKey(ctx context.Context, dir string, args []string, out io.Writer) error {
	f := flags("device-key")
	id := f.String("device", "", "")
	if err := parse(f, args); err != nil {
		return err
	}
	if *id == "" {
		return fmt.Errorf("%w of device-key: name a device, such as --device kiosk-cologne-1", errUsage)
	}
	o, err := stack.ReadOutputs(dir)
	if err != nil {
		return err
	}
	cfg, err := stack.Project{Root: filepath.Dir(filepath.Dir(dir))}.Config()
	if err != nil {
		return err
	}
	key, err := o.DeviceKey(ctx, cfg, feedback.Device(*id))
	if err != nil {
		return err
	}
	_, err = io.WriteString(out, credential.Enrolment(o.PublicURL, feedback.Device(*id), key))
	return err
}
