//nolint:misspell // Italian
package letter

var italianCase = caseTexts{
	Subject:  "{title} ({number})",
	Hello:    "Buongiorno {name},",
	HelloAll: "Buongiorno,",

	Acknowledged: telling{
		"Abbiamo ricevuto il Suo reclamo",
		"grazie per averci descritto l’accaduto. Prendiamo sul serio il Suo reclamo. Questa conferma è automatica; a leggere il reclamo e a risponderLe sono persone.",
	},
	Assessed: telling{
		"Abbiamo letto il Suo reclamo",
		"abbiamo letto il Suo reclamo e annotato che cosa riguarda.",
	},
	Investigating: telling{
		"Stiamo esaminando il Suo reclamo",
		"stiamo chiarendo che cosa è successo.",
	},
	Resumed: telling{
		"Continuiamo a esaminare il Suo reclamo",
		"l’esame del Suo reclamo prosegue.",
	},
	Replied: telling{
		"Abbiamo ricevuto la Sua risposta",
		"grazie per la Sua risposta. L’esame del Suo reclamo prosegue.",
	},
	Asked: telling{
		"Abbiamo una domanda sul Suo reclamo",
		"per chiarire il Suo reclamo ci serve un’informazione da parte Sua.",
	},
	Answered: telling{
		"Un messaggio sul Suo reclamo",
		"Le abbiamo scritto in merito al Suo reclamo.",
	},
	Decided: telling{
		"Abbiamo deciso sul Suo reclamo",
		"abbiamo deciso sul Suo reclamo. Ecco la decisione e le sue motivazioni.",
	},
	Resolved: telling{
		"L’esito del Suo reclamo",
		"abbiamo concluso l’esame del Suo reclamo. Ecco l’esito.",
	},
	Accepted: telling{
		"Il Suo reclamo è chiuso",
		"Lei ha accettato l’esito e abbiamo chiuso il Suo reclamo. Grazie per avercelo comunicato.",
	},
	Closed: telling{
		"Il Suo reclamo è chiuso",
		"abbiamo chiuso il Suo reclamo.",
	},
	Lapsed: telling{
		"Il Suo reclamo è chiuso",
		"Le abbiamo comunicato l’esito il {resolved}. Da allora non ha riaperto il Suo reclamo; lo abbiamo quindi chiuso.",
	},
	ReopenedByYou: telling{
		"Il Suo reclamo è di nuovo aperto",
		"Lei ha riaperto il Suo reclamo. Grazie per averci detto che per Lei la questione non è risolta: la esaminiamo di nuovo.",
	},
	Reopened: telling{
		"Il Suo reclamo è di nuovo aperto",
		"abbiamo riaperto il Suo reclamo e lo esaminiamo di nuovo.",
	},
	WithdrawnByYou: telling{
		"Lei ha ritirato il Suo reclamo",
		"Lei ha ritirato il Suo reclamo. Non lo trattiamo più.",
	},
	Withdrawn: telling{
		"Il Suo reclamo è ritirato",
		"come ci ha chiesto, abbiamo annotato che Lei ritira il Suo reclamo. Non lo trattiamo più.",
	},
	Duplicate: telling{
		"Il Suo reclamo prosegue con il numero {other}",
		"dal nostro esame risulta che questo reclamo riguarda la stessa questione del reclamo {other}. Li trattiamo insieme con il numero {other}; di quanto ha scritto qui si tiene conto anche lì.",
	},
	Updated: telling{
		"Novità sul Suo reclamo",
		"c’è una novità sul Suo reclamo. Può leggerla nella pagina di stato.",
	},

	Number:          "Numero",
	Received:        "Ricevuto",
	About:           "Oggetto",
	Team:            "Responsabile",
	YourWords:       "Che cosa ci ha scritto",
	YourRemedy:      "Che cosa risolverebbe la questione per Lei",
	TakenDown:       "Che cosa abbiamo annotato per Lei",
	TakenDownRemedy: "Che cosa risolverebbe la questione per Lei, come lo abbiamo annotato",
	Check:           "Abbiamo annotato qualcosa in modo errato? Allora ce lo dica nella pagina di stato.",
	Attach:          "Nella pagina di stato può anche aggiungere foto o file PDF, al massimo {files}.",
	Cut:             "Il Suo testo completo si trova nella pagina di stato.",
	Crisis:          "Avviso attuale",
	Callback:        "Ha chiesto di ricevere una telefonata. La chiameremo entro il {callback}.",
	CallbackLate:    "Ha chiesto di ricevere una telefonata. La chiameremo appena possibile.",
	OurQuestion:     "La nostra domanda",
	OurWords:        "Il nostro messaggio",
	Decision:        "La decisione",
	Outcomes: outcomes{
		Accepted: "Il Suo reclamo è fondato e lo accogliamo.",
		Partly:   "Accogliamo in parte il Suo reclamo.",
		Goodwill: "Le veniamo incontro a titolo di cortesia commerciale.",
		Rejected: "Abbiamo esaminato il Suo reclamo e non lo accogliamo.",
	},
	Reasons:     "Le motivazioni",
	AnsweredFor: "Responsabile della decisione: {team}.",
	Promised:    "Che cosa Le abbiamo riconosciuto",
	Kinds: kinds{
		Refund: "Rimborso", Discount: "Sconto", Voucher: "Buono",
		Replacement: "Sostituzione", Repair: "Riparazione", Gift: "Omaggio",
		Apology: "Scuse", Explanation: "Spiegazione", PriorityService: "Trattamento prioritario",
	},
	Amount:  "{kind}: {amount}",
	Apology: "Le porgiamo le nostre scuse.",

	NextHeading: "Come si prosegue",
	NextBy: nexts{
		FirstAnswer:   "Riceverà una nostra risposta personale entro il {due}.",
		Decision:      "Contiamo di decidere sul Suo reclamo entro il {due}. Riceverà la decisione con le sue motivazioni.",
		YourReply:     "La preghiamo di risponderci nella pagina di stato. Fino ad allora il nostro termine interno per la decisione è sospeso. Sul Suo reclamo si deve decidere al più tardi entro il {due}.",
		Communication: "Riceverà il nostro messaggio conclusivo al riguardo entro il {due}.",
	},
	NextSometime: nexts{
		FirstAnswer:   "Riceverà una nostra risposta personale.",
		Decision:      "Il prossimo passo è la nostra decisione. La riceverà con le sue motivazioni.",
		YourReply:     "La preghiamo di risponderci nella pagina di stato; non Le fissiamo un termine. Fino ad allora il nostro termine interno per la decisione è sospeso; riprende con la Sua risposta.",
		Communication: "Riceverà poi il nostro messaggio conclusivo al riguardo.",
	},
	NextMissed: nexts{
		FirstAnswer:   "Volevamo averLe risposto personalmente entro il {due}. Non ci siamo riusciti e ce ne scusiamo. La risposta deve ancora arrivare; il ritardo è stato segnalato al nostro interno.",
		Decision:      "Volevamo aver deciso sul Suo reclamo entro il {due}. Non ci siamo riusciti e ce ne scusiamo. La decisione deve ancora arrivare; il ritardo è stato segnalato al nostro interno.",
		YourReply:     "La preghiamo di risponderci nella pagina di stato. Volevamo aver deciso sul Suo reclamo entro il {due}. Non ci siamo riusciti e ce ne scusiamo.",
		Communication: "Volevamo averLe inviato il nostro messaggio conclusivo entro il {due}. Non ci siamo riusciti e ce ne scusiamo. Deve ancora arrivare; il ritardo è stato segnalato al nostro interno.",
	},
	MovedOn:   "Nel frattempo il Suo reclamo è andato avanti. La pagina di stato mostra a che punto è ora.",
	Agree:     "È d’accordo? Allora lo confermi nella pagina di stato. Se non lo è, riapra lì il Suo reclamo e ci dica che cosa manca: lo esamineremo di nuovo.",
	AgreeBy:   "Se non lo riapre entro il {due}, lo chiuderemo.",
	Redress:   "Se non è d’accordo con la decisione",
	Again:     "Per Lei la questione non è risolta? Può riaprire il Suo reclamo nella pagina di stato fino al {until}.",
	Survey:    "Come abbiamo gestito il Suo reclamo?",
	SurveyAsk: "Abbiamo una domanda per Lei: qual è il Suo grado di soddisfazione per come lo abbiamo gestito? La risposta è facoltativa, richiede pochi secondi ed è possibile fino al {until}. Ci mostra che cosa dobbiamo cambiare nella gestione dei reclami.",
	SurveyGo:  "Valutare la gestione",
	Anew:      "È un errore, o desidera dirci altro? Allora ci scriva di nuovo, se possibile indicando il numero {number}.",
	AnewGo:    "Scriverci di nuovo",
	See:       "Vedere a che punto è",
	Reply:     "Rispondere",
	Page:      "Nella pagina di stato può vedere in ogni momento a che punto è il Suo reclamo e scriverci. Ci scriva lì e non in risposta a questa e-mail: così il Suo messaggio arriva al Suo reclamo.",
	PageEnded: "Può continuare a leggere il Suo reclamo nella pagina di stato.",
	PageUntil: "Il link è valido fino al {until}. Chiunque lo abbia può leggere il Suo reclamo: La preghiamo di non inoltrarlo.",
	WhyCase:   "Riceve questo messaggio perché questo indirizzo è stato indicato in un reclamo a {organisation} ({touchpoint}). Se il reclamo non è Suo, elimini il messaggio.",
	Privacy:   "Privacy",
	Day:       "{day} {month} {year}",
}
