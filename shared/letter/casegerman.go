package letter

var germanCase = caseTexts{
	Subject:  "{title} ({number})",
	Hello:    "Guten Tag {name},",
	HelloAll: "Guten Tag,",

	Acknowledged: telling{
		"Wir haben Ihre Beschwerde erhalten",
		"danke, dass Sie uns das geschildert haben. Wir nehmen Ihre Beschwerde ernst. Diese Bestätigung kommt automatisch; gelesen und beantwortet wird Ihre Beschwerde von Menschen.",
	},
	Assessed: telling{
		"Wir haben Ihre Beschwerde gelesen",
		"wir haben Ihre Beschwerde gelesen und eingeordnet.",
	},
	Investigating: telling{
		"Wir gehen Ihrer Beschwerde nach",
		"wir klären jetzt, was geschehen ist.",
	},
	Resumed: telling{
		"Wir arbeiten weiter an Ihrer Beschwerde",
		"die Klärung Ihrer Beschwerde geht weiter.",
	},
	Replied: telling{
		"Ihre Antwort ist angekommen",
		"danke für Ihre Antwort. Die Klärung Ihrer Beschwerde geht weiter.",
	},
	Asked: telling{
		"Wir haben eine Frage zu Ihrer Beschwerde",
		"um Ihre Beschwerde zu klären, brauchen wir eine Auskunft von Ihnen.",
	},
	Answered: telling{
		"Nachricht zu Ihrer Beschwerde",
		"zu Ihrer Beschwerde haben wir Ihnen geschrieben.",
	},
	Decided: telling{
		"Wir haben über Ihre Beschwerde entschieden",
		"über Ihre Beschwerde ist entschieden. Hier sind die Entscheidung und ihre Gründe.",
	},
	Resolved: telling{
		"Das Ergebnis zu Ihrer Beschwerde",
		"wir haben die Bearbeitung Ihrer Beschwerde beendet. Hier ist das Ergebnis.",
	},
	Accepted: telling{
		"Ihre Beschwerde ist abgeschlossen",
		"Sie sind mit dem Ergebnis einverstanden, und wir haben Ihre Beschwerde abgeschlossen. Danke, dass Sie uns Bescheid gegeben haben.",
	},
	Closed: telling{
		"Ihre Beschwerde ist abgeschlossen",
		"wir haben Ihre Beschwerde abgeschlossen.",
	},
	Lapsed: telling{
		"Ihre Beschwerde ist abgeschlossen",
		"am {resolved} haben wir Ihnen das Ergebnis mitgeteilt. Sie haben Ihre Beschwerde seither nicht wieder geöffnet; wir haben sie deshalb abgeschlossen.",
	},
	ReopenedByYou: telling{
		"Ihre Beschwerde ist wieder geöffnet",
		"Sie haben Ihre Beschwerde wieder geöffnet. Danke, dass Sie uns sagen, dass sie für Sie nicht erledigt ist: Wir prüfen sie noch einmal.",
	},
	Reopened: telling{
		"Ihre Beschwerde ist wieder geöffnet",
		"wir haben Ihre Beschwerde wieder geöffnet und prüfen sie noch einmal.",
	},
	WithdrawnByYou: telling{
		"Sie haben Ihre Beschwerde zurückgezogen",
		"Sie haben Ihre Beschwerde zurückgezogen. Wir bearbeiten sie nicht weiter.",
	},
	Withdrawn: telling{
		"Ihre Beschwerde ist zurückgezogen",
		"wie von Ihnen gewünscht haben wir vermerkt, dass Sie Ihre Beschwerde zurückziehen. Wir bearbeiten sie nicht weiter.",
	},
	Duplicate: telling{
		"Ihre Beschwerde geht unter der Nummer {other} weiter",
		"diese Beschwerde betrifft nach unserer Prüfung dieselbe Sache wie die Beschwerde {other}. Wir bearbeiten beide zusammen unter der Nummer {other}; was Sie hier geschrieben haben, wird dort berücksichtigt.",
	},
	Updated: telling{
		"Neues zu Ihrer Beschwerde",
		"zu Ihrer Beschwerde gibt es etwas Neues. Auf der Statusseite können Sie es nachlesen.",
	},

	Number:          "Nummer",
	Received:        "Eingegangen",
	About:           "Worum es geht",
	Team:            "Zuständig",
	YourWords:       "Was Sie uns geschrieben haben",
	YourRemedy:      "Was es für Sie in Ordnung bringen würde",
	TakenDown:       "Was wir von Ihnen aufgenommen haben",
	TakenDownRemedy: "Was es für Sie in Ordnung bringen würde, wie wir es aufgenommen haben",
	Check:           "Haben wir etwas nicht richtig aufgenommen? Dann sagen Sie es uns bitte auf der Statusseite.",
	Attach:          "Auf der Statusseite können Sie auch Fotos oder PDF-Dateien hinzufügen, höchstens {files}.",
	Cut:             "Ihren ganzen Text finden Sie auf der Statusseite.",
	Crisis:          "Aktueller Hinweis",
	Callback:        "Sie haben um einen Rückruf gebeten. Wir rufen Sie bis {callback} an.",
	CallbackLate:    "Sie haben um einen Rückruf gebeten. Wir rufen Sie an, sobald es geht.",
	OurQuestion:     "Unsere Frage",
	OurWords:        "Unsere Nachricht",
	Decision:        "Die Entscheidung",
	Outcomes: outcomes{
		Accepted: "Ihre Beschwerde ist berechtigt. Wir geben ihr statt.",
		Partly:   "Wir geben Ihrer Beschwerde zum Teil statt.",
		Goodwill: "Wir kommen Ihnen aus Kulanz entgegen.",
		Rejected: "Wir haben Ihre Beschwerde geprüft und geben ihr nicht statt.",
	},
	Reasons:     "Die Gründe",
	AnsweredFor: "Für die Entscheidung verantwortlich: {team}.",
	Promised:    "Das haben wir Ihnen zugesagt",
	Kinds: kinds{
		Refund: "Erstattung", Discount: "Preisnachlass", Voucher: "Gutschein",
		Replacement: "Ersatz", Repair: "Reparatur", Gift: "Aufmerksamkeit",
		Apology: "Entschuldigung", Explanation: "Erklärung", PriorityService: "Bevorzugte Bearbeitung",
	},
	Amount:  "{kind}: {amount}",
	Apology: "Wir bitten Sie um Entschuldigung.",

	NextHeading: "Wie es weitergeht",
	NextBy: nexts{
		FirstAnswer:   "Sie bekommen bis {due} eine persönliche Antwort von uns.",
		Decision:      "Bis {due} wollen wir über Ihre Beschwerde entschieden haben. Sie bekommen die Entscheidung mit ihren Gründen.",
		YourReply:     "Bitte antworten Sie uns auf der Statusseite. Bis dahin ruht unsere eigene Frist für die Entscheidung. Über Ihre Beschwerde muss spätestens bis {due} entschieden sein.",
		Communication: "Bis {due} bekommen Sie unsere abschließende Nachricht dazu.",
	},
	NextSometime: nexts{
		FirstAnswer:   "Sie bekommen eine persönliche Antwort von uns.",
		Decision:      "Als Nächstes entscheiden wir über Ihre Beschwerde. Sie bekommen die Entscheidung mit ihren Gründen.",
		YourReply:     "Bitte antworten Sie uns auf der Statusseite; eine Frist setzen wir Ihnen nicht. Bis dahin ruht unsere eigene Frist für die Entscheidung; mit Ihrer Antwort läuft sie weiter.",
		Communication: "Als Nächstes bekommen Sie unsere abschließende Nachricht dazu.",
	},
	NextMissed: nexts{
		FirstAnswer:   "Bis {due} wollten wir Ihnen persönlich geantwortet haben. Das haben wir nicht geschafft. Es tut uns leid. Die Antwort steht weiter aus und ist bei uns als überfällig gemeldet.",
		Decision:      "Bis {due} wollten wir über Ihre Beschwerde entschieden haben. Das haben wir nicht geschafft. Es tut uns leid. Die Entscheidung steht weiter aus und ist bei uns als überfällig gemeldet.",
		YourReply:     "Bitte antworten Sie uns auf der Statusseite. Bis {due} wollten wir über Ihre Beschwerde entschieden haben. Das haben wir nicht geschafft. Es tut uns leid.",
		Communication: "Bis {due} wollten wir Ihnen unsere abschließende Nachricht geschickt haben. Das haben wir nicht geschafft. Es tut uns leid. Sie steht weiter aus und ist bei uns als überfällig gemeldet.",
	},
	MovedOn:   "Inzwischen ist Ihre Beschwerde schon weiter. Was gerade gilt, steht auf der Statusseite.",
	Agree:     "Sind Sie einverstanden? Dann bestätigen Sie es bitte auf der Statusseite. Wenn nicht, öffnen Sie Ihre Beschwerde dort wieder und sagen Sie uns, was fehlt: Wir prüfen sie noch einmal.",
	AgreeBy:   "Öffnen Sie sie bis {due} nicht wieder, schließen wir sie ab.",
	Redress:   "Wenn Sie mit der Entscheidung nicht einverstanden sind",
	Again:     "Ist die Sache für Sie nicht erledigt? Dann können Sie Ihre Beschwerde bis {until} auf der Statusseite wieder öffnen.",
	Survey:    "Wie haben wir Ihre Beschwerde bearbeitet?",
	SurveyAsk: "Wir haben eine Frage an Sie: Wie zufrieden sind Sie mit der Bearbeitung? Die Antwort ist freiwillig, dauert wenige Sekunden und ist bis {until} möglich. Sie zeigt uns, was wir im Umgang mit Beschwerden ändern müssen.",
	SurveyGo:  "Bearbeitung bewerten",
	Anew:      "Ist das ein Irrtum, oder möchten Sie uns noch etwas sagen? Dann schreiben Sie uns bitte neu; nennen Sie dabei gern die Nummer {number}.",
	AnewGo:    "Uns neu schreiben",
	See:       "Stand ansehen",
	Reply:     "Antworten",
	Page:      "Auf der Statusseite sehen Sie jederzeit, wo Ihre Beschwerde steht, und können uns schreiben. Bitte schreiben Sie uns dort und nicht auf diese E-Mail: So kommt Ihre Nachricht zu Ihrer Beschwerde.",
	PageEnded: "Auf der Statusseite können Sie Ihre Beschwerde weiter nachlesen.",
	PageUntil: "Der Link gilt bis {until}. Wer ihn hat, kann Ihre Beschwerde lesen: Bitte geben Sie ihn nicht weiter.",
	WhyCase:   "Sie erhalten diese Nachricht, weil diese Adresse zu einer Beschwerde bei {organisation} angegeben wurde ({touchpoint}). Ist es nicht Ihre, dann löschen Sie die Nachricht bitte.",
	Privacy:   "Datenschutz",
	Day:       "{day}. {month} {year}",
}
