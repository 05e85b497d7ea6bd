package intake

// IsCustomerKey reports whether s may be the owner's key of a customer.
func IsCustomerKey(s string) bool {
	c, _ := customerKey(s)
	return c == ""
}
