package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"resonanz/shared/monthly"
	"resonanz/shared/report/render"
	"resonanz/shared/satisfaction"
)

func reportCommand(args []string, out io.Writer) error {
	f := flags("report")
	facts := f.String("facts", "", "the folder that holds facts/month=…")
	dir := f.String("out", "", "the folder for report.json and report.<language>.html")
	cutoff := f.String("cutoff", "", "count what was received before this time (RFC 3339); default: the freeze")
	p, cfg, err := f.parse(args, "facts", "out")
	if err != nil {
		return err
	}
	asked := monthly.Asked{Cutoff: p.Freeze(cfg.Report.FreezeDay, cfg.Zone())}
	if *cutoff != "" {
		if asked.Cutoff, err = time.Parse(time.RFC3339, *cutoff); err != nil {
			return fmt.Errorf("--cutoff: %w", err)
		}
	}
	src, err := openFolder(*facts)
	if err != nil {
		return err
	}
	r, err := monthly.Build(context.Background(), src, cfg, p, asked)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(*dir, 0o755); err != nil {
		return fmt.Errorf("writing report: %w", err)
	}
	b, err := r.JSON()
	if err != nil {
		return err
	}
	files := map[string][]byte{"report.json": b}
	for _, l := range render.Languages() {
		files["report."+string(l)+".html"] = render.HTML(r, render.Options{Language: l, Names: monthly.Names(cfg, l)})
	}
	for name, b := range files {
		if err := os.WriteFile(filepath.Join(*dir, name), b, 0o644); err != nil {
			return fmt.Errorf("writing report: %w", err)
		}
	}
	_, err = fmt.Fprintf(out, "%s %s: %d facts, %d responses, CSAT %s; %s\n", p, r.Header.Status, r.Run.Facts, r.Total.N, csat(r.Total.CSATPct), filepath.Join(*dir, "report.json"))
	return err
}

func csat(v *float64) string {
	if v == nil {
		return "not defined"
	}
	return satisfaction.Round(*v, 1) + " %"
}
