package letter

// Written is what is shown of words.
var Written = written
