// The complaint function takes complaints in a form that everybody may fill in,
// acknowledges each at once, and shows its customer where it stands.
//
// Environment: TABLE_NAME; LINK_SECRET_ARN, whose key signs the links to status
// pages; PUBLIC_URL, the base of customer links without a trailing slash, to
// which an upload returns; ATTACHMENTS_BUCKET, where files are sent; empty: no
// attachments.
//
// Rights: on the table GetItem, Query, PutItem and UpdateItem (a transaction of
// these: ledger entry, case and timeline), on no index; GetSecretValue of the
// link secret; PutObject on quarantine/* of the bucket, used by what it
// presigns only.
package main

func main() {}
