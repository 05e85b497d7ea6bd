package e2e

// elsewhere are the commands of pages that the test of pages does not run.
var elsewhere = map[string]held{
	"make demo": {"TestTheMonthComesOutRight", "brings up a stack of its own and plays a month on it: its own test does, on its own stack"},
	"make up":   {"TestAnIsolatedStackComesUpAndLeavesNothing", "a second stack beside the one under test would take a minute"},
	"make down": {"TestDownEndsEverythingAndTwiceIsFine", "it would end the copy's stack, which is that of the other tests"},
	"make up PUBLIC_PORT=8080 EMULATOR_PORT=4566": {"TestPortsComeFromFlagsThenTheEnvironment", "the ports may be taken on the machine that tests"},
	"make deploy STAGE=prod":                      {"TestProductionKeepsItsData", "needs an AWS account: the stack under test is deployed by the same CDK into the emulator, and the template of prod has tests"},
	"make bootstrap":                              {"TestAnIsolatedStackComesUpAndLeavesNothing", "the account of the stack under test is bootstrapped already, by the same command of the CDK"},
	"make destroy STAGE=dev":                      {"TestProductionKeepsItsData", "would end the stack that the other tests work on; what may go and what stays is in the template"},
	"make diff STAGE=prod":                        {"TestTheTemplateIsTheReviewedOne", "builds every function for another processor: the templates are compared in a test instead"},
	"make diff":                                   {"TestTheTemplateIsTheReviewedOne", "named in a sentence about the line above it"},
	"make synth":                                  {".ci/run", "builds every function for another processor, which takes minutes"},
	"git pull":                                    {"", "a copy has no other version to pull"},
	"git checkout v1.4.0":                         {"", "a copy has no other version to go back to"},
	"cdk bootstrap":                               {"TestAnIsolatedStackComesUpAndLeavesNothing", "named, not shown: part of bringing up a stack"},
	"cdk deploy":                                  {"TestAnIsolatedStackComesUpAndLeavesNothing", "named, not shown: part of bringing up a stack"},
	"make test":                                   {".ci/run", "this test is part of it"},
	"make rotate SECRET=link STAGE=prod":          {"TestTheStepsAreTakenBySecretsManager", "functions at work would go on with the old key for ten minutes: its own test takes the steps on the emulator's secrets"},
	"make rotate SECRET=link RETIRE=1 STAGE=prod": {"TestTheStepsAreTakenBySecretsManager", "refuses for a year after a rotation"},
	"make scan":              {".ci/run", "installs its tools and synthesises every stage, which takes minutes"},
	"make vulncheck":         {"TestADatabaseThatIsNotReachedIsNoResult", "asks a database outside"},
	"make fuzz":              {"TestEachIsRunOnceAndNothingThatBreaksIsLost", "takes a minute for each reader"},
	"make lint":              {".ci/run", "builds the linter, which takes minutes"},
	"make bench":             {"TestAProcessIsMeasured", "measures every function for minutes"},
	"make bench ONLY=rating": {"TestAProcessIsMeasured", "as make bench"},
	"make bench-report":      {"TestFiguresThatDifferAreNamed", "measures ten million facts for minutes"},
	"make cost":              {"TestThePageSaysWhatThingsCost", "its own test does the same"},
	"make cost ARGS=--write": {"TestThePageSaysWhatThingsCost", "would write the page that is being read"},
	"make cost ARGS=\"--measured build/bench/bench.json --write\"": {"TestProcessorTimesAreTakenOver", "needs what make bench measured"},
	"make cost ARGS=--lines": {"TestEveryRowAndTheSumAgree", "the same bills, line by line"},
	"go test -count=1 ./infra/e2e -run TestJourneysCostWhatWasRecorded -update": {"TestJourneysCostWhatWasRecorded", "is this very package"},
	"make scale ARGS=-update":                {"TestThePaperSaysWhatComesOutAndEveryBoundHolds", "would write the page that is being read"},
	"make scale MEASURE=1":                   {"TestWhatAFunctionSpendsBecomesTime", "as the next one; what it measures differs from what the page says"},
	"make scale MEASURE=1 ARGS=-update":      {"TestWhatAFunctionSpendsBecomesTime", "builds functions once more, to measure them on a machine that has nothing else to do"},
	"make scale":                             {"TestThePaperSaysWhatComesOutAndEveryBoundHolds", "its own test does the same"},
	"make long":                              {"TestWhateverIsLostOrCameTwiceIsTold", "runs for hours what the others of this list run"},
	"make load":                              {"TestALoadLosesNothing", "takes minutes, most of them to build the functions once more and to bring up a second stack: its own test drives those that are deployed, for seconds"},
	"make load SECONDS=60":                   {"TestALoadLosesNothing", "as make load"},
	"make alarms":                            {"TestAnAlarmRingsAsCloudWatchSays", "takes eight minutes on a stack of its own; the rule that it judges by has a test"},
	"make chaos":                             {"TestWhateverIsLostOrCameTwiceIsTold", "takes half an hour on a stack of its own; that it finds what is broken has tests"},
	"make chaos SEED=7 RUNS=50 ONLY=courier": {"TestTheSameSeedFailsTheSameCalls", "as make chaos"},
	"make chaos SHORT=1":                     {".ci/run", "brings up a stack of its own"},
	"make soak MINUTES=30":                   {"TestGrowthIsToldFromWhatSettles", "takes half an hour"},
	"make recovery":                          {"TestRestoring", "takes minutes on two stacks of its own; each command of it has tests"},
	"make secrets STAGE=prod OUT=build/secrets.json":            {"TestSecretsAreCarriedFromOneStackToAnother", "the secrets of the other tests would lie in a file"},
	"make secrets STAGE=prod FROM=build/secrets.json":           {"TestSecretsAreCarriedFromOneStackToAnother", "would change the secrets that the other tests sign with"},
	"make export STAGE=prod OUT=build/copy":                     {"TestEveryItemIsKeptAsItIs", "the same export is run once, by another page"},
	"make rebuild STAGE=prod":                                   {"TestFactsAreMadeAgainFromTheTable", "would add facts under the tests of reports"},
	"make restore STAGE=prod FROM=table:NAME FILL=1":            {"TestRestoring", "would add items under the other tests"},
	"make restore STAGE=prod FROM=build/copy":                   {"TestRestoring", "as above"},
	"make replay STAGE=prod SINCE=24h":                          {"TestAWindowOfTimeIsSetOffAgain", "would set off what other tests count"},
	"make stats-check":                                          {"TestADifferenceAboveTheToleranceFails", "compares ten thousand inputs for minutes"},
	"make customer STAGE=prod KEY=K-4711":                       {"TestWhoHasNoKeyIsErasedByACaseOrAnAddress", "the command is run on customers of its own"},
	"make customer STAGE=prod KEY=K-4711 ERASE=1":               {"TestWhoHasNoKeyIsErasedByACaseOrAnAddress", "as above"},
	"make customer STAGE=prod CASE=2603-7K2M-Q4XA ERASE=1":      {"TestWhoHasNoKeyIsErasedByACaseOrAnAddress", "as above"},
	"make customer STAGE=prod EMAIL=kundin@example.com ERASE=1": {"TestWhoHasNoKeyIsErasedByACaseOrAnAddress", "as above"},
	"go test ./infra/e2e -run TestBadLinksOpenNothing -v":       {"TestBadLinksOpenNothing", "is this very package"},
	"make dlq STAGE=prod QUEUE=escalation REDRIVE=1":            {"TestDeadLettersAreListedAndSentBack", "would send back what other tests put aside"},
	"make dlq STAGE=prod QUEUE=escalation ONLY=<id> REDRIVE=1":  {"TestDeadLettersAreListedAndSentBack", "needs a message put aside, which that test makes"},
	"make dlq STAGE=prod QUEUE=escalation ONLY=<id> DROP=1":     {"TestDeadLettersAreListedAndSentBack", "needs a message put aside, which that test makes"},
}

// inOtherWords are the commands of pages that name only a part: what is typed
// instead.
var inOtherWords = map[string]string{
	"make invoke": "make invoke FN=rating EVENT=events/samples/rating-get.json",
	"make export": "make export OUT=build/export LOCAL=1",
	"make seed":   "make seed MONTHS=1 N=20", // tests of reports have the months before to themselves
	"make report": "make report PERIOD=2026-03 FACTS=build/facts OUT=build/report",
}

// examples are the files that commands of pages name.
var examples = map[string]string{
	"contacts.csv": "event_id,touchpoint,channel,language\n" +
		"6b1f7a52-3c1e-4d6c-9a53-0d5f6f1c2b21,hotline,sms_link,de\n6b1f7a52-3c1e-4d6c-9a53-0d5f6f1c2b22,hotline,sms_link,en\n",
	"ratings.csv": "id,touchpoint,channel,scale,rating,submitted_at\n" +
		"1,hotline,sms_link,stars_1_5,4,2025-05-06T10:00:00+02:00\n2,hotline,sms_link,stars_1_5,2,2025-05-07T10:00:00+02:00\n",
}
