package main

import (
	"fmt"
	"reflect"
	"slices"

	"resonanz/shared/feedback"
)

// words are what only paper says.
type words struct {
	Tick       string // how to fill the card in
	OwnWords   string
	Online     string
	OnlineHow  string
	HandIn     string
	Number     string
	SignTitle  string
	SignLead   string
	Scan       string
	Choose     string
	Send       string
	InBrowser  string
	TellUs     string // heading of a card's back without questions
	TellUsText string
}

// texts holds the languages of paper.
var texts = map[feedback.Language]words{
	"de": {
		Tick:      "Bitte ankreuzen.",
		OwnWords:  "In Ihren eigenen Worten",
		Online:    "Lieber online?",
		OnlineHow: "Code scannen und am Telefon antworten.",
		HandIn:    "Bitte geben Sie die Karte bei uns ab. Vielen Dank!",
		Number:    "Karte",
		SignTitle: "Wie war es?",
		SignLead:  "Ihre Antwort hilft uns, besser zu werden.",
		Scan:      "Code scannen", Choose: "Bewerten", Send: "Absenden, fertig",
		InBrowser: "Oder im Browser:",
		TellUs:    "Danke, dass Sie uns helfen", TellUsText: "Was Sie ankreuzen, hilft uns, besser zu werden.",
	},
	"en": {
		Tick:      "Please tick.",
		OwnWords:  "In your own words",
		Online:    "Rather online?",
		OnlineHow: "Scan the code and answer on your phone.",
		HandIn:    "Please hand the card to us. Thank you!",
		Number:    "Card",
		SignTitle: "How was it?",
		SignLead:  "Your answer helps us to get better.",
		Scan:      "Scan the code", Choose: "Rate", Send: "Send, done",
		InBrowser: "Or in a browser:",
		TellUs:    "Thank you for helping us", TellUsText: "What you tick helps us to get better.",
	},
	"fr": {
		Tick:      "Veuillez cocher.",
		OwnWords:  "Avec vos propres mots",
		Online:    "Plutôt en ligne\u00a0?",
		OnlineHow: "Scannez le code et répondez sur votre téléphone.",
		HandIn:    "Merci de nous remettre cette carte\u00a0!",
		Number:    "Carte",
		SignTitle: "Qu’en avez-vous pensé\u00a0?",
		SignLead:  "Votre réponse nous aide à progresser.",
		Scan:      "Scannez le code", Choose: "Notez", Send: "Envoyez, c’est fait",
		InBrowser: "Ou dans un navigateur\u00a0:",
		TellUs:    "Merci de nous aider", TellUsText: "Ce que vous cochez nous aide à progresser.",
	},
	"it": {
		Tick:      "La preghiamo di barrare.",
		OwnWords:  "Con parole Sue",
		Online:    "Preferisce online?",
		OnlineHow: "Scansioni il codice e risponda dal telefono.",
		HandIn:    "La preghiamo di consegnarci la cartolina. Grazie!",
		Number:    "Cartolina",
		SignTitle: "Com’è andata?",
		SignLead:  "La Sua risposta ci aiuta a migliorare.",
		Scan:      "Scansioni il codice", Choose: "Valuti", Send: "Invii, fatto",
		InBrowser: "Oppure nel browser:",
		TellUs:    "Grazie per il Suo aiuto", TellUsText: "Ciò che barra ci aiuta a migliorare.",
	},
}

// missing names the texts that one of the languages lacks.
func missing(languages []feedback.Language) []string {
	var all []string
	for _, l := range languages {
		t, ok := texts[l]
		if !ok {
			all = append(all, string(l))
			continue
		}
		v := reflect.ValueOf(t)
		for i := range v.NumField() {
			if v.Field(i).IsZero() {
				all = append(all, fmt.Sprintf("%s: %s", l, v.Type().Field(i).Name))
			}
		}
	}
	slices.Sort(all)
	return all
}
