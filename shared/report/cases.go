package report

// cases writes the sections about complaints and their handling into r.
func (m *month) cases(r *Report) {}
