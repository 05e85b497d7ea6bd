package app

import "resonanz/shared/feedback"

// languages is the order of the translations of a word.
var languages = [...]feedback.Language{"de", "en", "fr", "it"}

// word is one text of the app in all its languages. {n} and other names in
// braces are filled in by the app.
type word struct {
	key   string
	texts [len(languages)]string
}

// words is the catalogue: German, English, French, Italian.
var words = [...]word{
	// The start.
	{"title", [...]string{"Ihre Meinung", "Your opinion", "Votre avis", "La Sua opinione"}},
	{"question", [...]string{"Wie zufrieden sind Sie heute?", "How satisfied are you today?", "Quelle est votre satisfaction aujourd’hui\u00a0?", "Qual è il Suo grado di soddisfazione oggi?"}},
	{"lead", [...]string{"Ein Tipp genügt.", "One tap is enough.", "Un seul geste suffit.", "Basta un tocco."}},
	{"face1", [...]string{"sehr unzufrieden", "very dissatisfied", "très faible", "molto basso"}},
	{"face2", [...]string{"unzufrieden", "dissatisfied", "faible", "basso"}},
	{"face3", [...]string{"geht so", "so-so", "moyenne", "medio"}},
	{"face4", [...]string{"zufrieden", "satisfied", "bonne", "alto"}},
	{"face5", [...]string{"sehr zufrieden", "very satisfied", "très bonne", "molto alto"}},
	{"ofFive", [...]string{"{n} von 5 Sternen", "{n} out of 5 stars", "{n} sur 5 étoiles", "{n} su 5 stelle"}},
	{"ofTen", [...]string{"{n} von 10", "{n} out of 10", "{n} sur 10", "{n} su 10"}},
	{"language", [...]string{"Sprache", "Language", "Langue", "Lingua"}},
	{"self", [...]string{"Deutsch", "English", "Français", "Italiano"}},
	{"noscript", [...]string{
		"Dieses Gerät braucht JavaScript. Bitte im Browser einschalten und die Seite neu laden.",
		"This device needs JavaScript. Please switch it on in the browser and reload the page.",
		"Cette borne a besoin de JavaScript. Veuillez l’activer dans le navigateur et recharger la page.",
		"Questo dispositivo richiede JavaScript. Attivarlo nel browser e ricaricare la pagina."}},

	// After the vote.
	{"counted", [...]string{"Danke, Ihre Stimme zählt.", "Thank you, your vote counts.", "Merci, votre vote est compté.", "Grazie, il Suo voto conta."}},
	{"bad", [...]string{"Was hat gefehlt?", "What was missing?", "Qu’est-ce qui a manqué\u00a0?", "Che cosa è mancato?"}},
	{"good", [...]string{"Was war besonders gut?", "What was especially good?", "Qu’avez-vous particulièrement apprécié\u00a0?", "Che cosa Le è piaciuto di più?"}},
	{"fcr", [...]string{"Ist Ihr Anliegen gelöst?", "Has your request been resolved?", "Votre demande est-elle résolue\u00a0?", "La Sua richiesta è stata risolta?"}},
	{"yes", [...]string{"Ja", "Yes", "Oui", "Sì"}},
	{"no", [...]string{"Nein", "No", "Non", "No"}},
	{"nps", [...]string{"Würden Sie uns weiterempfehlen?", "Would you recommend us?", "Nous recommanderiez-vous\u00a0?", "Ci consiglierebbe ad altri?"}},
	{"npsLow", [...]string{"0 = keinesfalls", "0 = not at all", "0 = pas du tout", "0 = per niente"}},
	{"npsHigh", [...]string{"10 = auf jeden Fall", "10 = definitely", "10 = certainement", "10 = certamente"}},
	{"ces", [...]string{"War es leicht, Ihr Anliegen zu klären?", "Was it easy to get your request settled?", "A-t-il été facile de régler votre demande\u00a0?", "È stato facile risolvere la Sua richiesta?"}},
	{"cesLow", [...]string{"1 = sehr schwer", "1 = very hard", "1 = très difficile", "1 = molto difficile"}},
	{"cesHigh", [...]string{"7 = sehr leicht", "7 = very easy", "7 = très facile", "7 = molto facile"}},
	{"comment", [...]string{"Möchten Sie uns noch etwas sagen?", "Anything else you would like to say?", "Souhaitez-vous ajouter quelque chose\u00a0?", "Vuole aggiungere qualcosa?"}},
	{"hint", [...]string{"Bitte keine Namen oder Kontaktdaten.", "Please give no names or contact details.", "Sans nom ni coordonnées, s’il vous plaît.", "Per favore, senza nomi né recapiti."}},
	{"skip", [...]string{"Überspringen", "Skip", "Passer", "Salta"}},
	{"done", [...]string{"Fertig", "Done", "Terminer", "Fine"}},
	{"send", [...]string{"Absenden", "Send", "Envoyer", "Invia"}},
	{"idle", [...]string{"Gleich geht es zurück zum Anfang.", "Going back to the start in a moment.", "Retour au début dans un instant.", "Tra poco si torna all’inizio."}},
	{"stay", [...]string{"Weitermachen", "Continue", "Continuer", "Continua"}},
	{"thanks", [...]string{"Vielen Dank!", "Thank you!", "Merci beaucoup\u00a0!", "Grazie mille!"}},
	{"thanksText", [...]string{"Ihre Meinung hilft uns, besser zu werden.", "Your opinion helps us to get better.", "Votre avis nous aide à progresser.", "La Sua opinione ci aiuta a migliorare."}},

	// For staff: what a device needs.
	{"enrol", [...]string{"Dieses Gerät ist noch nicht eingerichtet", "This device is not set up yet", "Cette borne n’est pas encore configurée", "Questo dispositivo non è ancora attivato"}},
	{"enrolText", [...]string{
		"Öffnen Sie den Einrichtungslink auf diesem Gerät, oder fügen Sie ihn hier ein. Sie erhalten ihn von Ihrer Technik.",
		"Open the enrolment link on this device, or paste it here. Your technical team has it.",
		"Ouvrez le lien de configuration sur cette borne, ou collez-le ici. Votre service technique vous le fournit.",
		"Apra il link di attivazione su questo dispositivo oppure lo incolli qui. Lo fornisce il Suo reparto tecnico."}},
	{"link", [...]string{"Einrichtungslink", "Enrolment link", "Lien de configuration", "Link di attivazione"}},
	{"enrolGo", [...]string{"Einrichten", "Set up", "Configurer", "Attiva"}},
	{"enrolBad", [...]string{
		"Dieser Link gehört nicht zu {device}, oder er ist unvollständig.",
		"This link is not that of {device}, or it is incomplete.",
		"Ce lien n’est pas celui de {device}, ou il est incomplet.",
		"Questo link non è quello di {device}, oppure è incompleto."}},
	{"device_revoked", [...]string{"Dieses Gerät wurde gesperrt", "This device has been revoked", "Cette borne a été bloquée", "Questo dispositivo è stato bloccato"}},
	{"device_key_stale", [...]string{"Der Schlüssel dieses Geräts ist veraltet", "The key of this device is out of date", "La clé de cette borne est périmée", "La chiave di questo dispositivo non è più attuale"}},
	{"device_unknown", [...]string{"Dieses Gerät ist nicht mehr angemeldet", "This device is no longer enrolled", "Cette borne n’est plus enregistrée", "Questo dispositivo non è più abilitato"}},
	{"device_key_invalid", [...]string{"Der Schlüssel dieses Geräts gilt nicht", "The key of this device is not valid", "La clé de cette borne n’est pas valable", "La chiave di questo dispositivo non è valida"}},
	{"kept", [...]string{
		"Noch nicht gesendet: {n}. Diese Bewertungen bleiben auf dem Gerät und gehen hinaus, sobald es wieder eingerichtet ist.",
		"Not sent yet: {n}. These ratings stay on the device and go out as soon as it is set up again.",
		"Pas encore envoyés\u00a0: {n}. Ces avis restent sur la borne et partiront dès qu’elle sera de nouveau configurée.",
		"Non ancora inviati: {n}. Questi voti restano sul dispositivo e partiranno appena sarà di nuovo attivato."}},
	{"full", [...]string{
		"Speicher voll. Bitte Personal informieren.",
		"Storage full. Please tell the staff.",
		"Mémoire pleine. Merci de prévenir le personnel.",
		"Memoria piena. Avvisi il personale."}},

	// For staff: how a device is.
	{"status", [...]string{"Gerätestatus", "Device status", "État de la borne", "Stato del dispositivo"}},
	{"queued", [...]string{"Nicht gesendet", "Not sent", "Non envoyés", "Non inviati"}},
	{"unsaved", [...]string{"Davon nur im Arbeitsspeicher", "Of these in memory only", "Dont en mémoire vive seule", "Di cui solo in memoria"}},
	{"oldest", [...]string{"Älteste", "Oldest", "Le plus ancien", "Il più vecchio"}},
	{"rejected", [...]string{"Abgelehnt", "Rejected", "Refusés", "Rifiutati"}},
	{"contact", [...]string{"Letzter Kontakt", "Last contact", "Dernier contact", "Ultimo contatto"}},
	{"trouble", [...]string{"Letzter Fehler", "Last error", "Dernière erreur", "Ultimo errore"}},
	{"skew", [...]string{"Uhr weicht ab um", "Clock is off by", "Écart de l’horloge", "Scarto dell’orologio"}},
	{"device", [...]string{"Gerät", "Device", "Borne", "Dispositivo"}},
	{"version", [...]string{"Version", "Version", "Version", "Versione"}},
	{"offline", [...]string{"Ohne Netz bereit", "Ready offline", "Prêt hors ligne", "Pronto offline"}},
	{"storage", [...]string{"Speicher", "Storage", "Stockage", "Memoria"}},
	{"lasting", [...]string{"dauerhaft", "persistent", "permanent", "permanente"}},
	{"evictable", [...]string{"vom Browser löschbar", "evictable by the browser", "effaçable par le navigateur", "cancellabile dal browser"}},
	{"none", [...]string{"–", "–", "–", "–"}},
	{"sendNow", [...]string{"Jetzt senden", "Send now", "Envoyer maintenant", "Invia ora"}},
	{"again", [...]string{"Abgelehnte noch einmal senden", "Send rejected ones again", "Renvoyer les refusés", "Reinvia i rifiutati"}},
	{"close", [...]string{"Schließen", "Close", "Fermer", "Chiudi"}},

	// There is no such kiosk.
	{"notFound", [...]string{"Dieses Gerät gibt es nicht", "There is no such device", "Cette borne n’existe pas", "Questo dispositivo non esiste"}},
	{"notFoundText", [...]string{
		"Die Adresse gehört zu keinem Kiosk. Bitte prüfen Sie den Einrichtungslink.",
		"The address is not that of a kiosk. Please check the enrolment link.",
		"L’adresse n’est celle d’aucune borne. Veuillez vérifier le lien de configuration.",
		"L’indirizzo non è quello di un chiosco. Controlli il link di attivazione."}},
}

// Languages are the languages that the app speaks.
func Languages() []feedback.Language { return languages[:] }

// Missing names the texts that lack a translation, such as "fr: thanks".
func Missing() []string {
	var missing []string
	for _, w := range words {
		for i, s := range w.texts {
			if s == "" {
				missing = append(missing, string(languages[i])+": "+w.key)
			}
		}
	}
	return missing
}

// speech is what the app says in language l, by key; nil when it does not
// speak it.
func speech(l feedback.Language) map[string]string {
	for i, known := range languages {
		if known != l {
			continue
		}
		m := make(map[string]string, len(words))
		for _, w := range words {
			m[w.key] = w.texts[i]
		}
		return m
	}
	return nil
}
