package attach

// Sign is the signature of a policy, which the client of S3 is held beside.
var Sign = sign
