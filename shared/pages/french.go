package pages

import (
	"strconv"
	"sync"
	"time"
)

var french = sync.OnceValue(func() *text {
	return &text{
		Lang:     "fr",
		Name:     "Français",
		Language: "Langue",
		Privacy:  "Confidentialité",

		RatingTitle: "Votre avis",
		Question:    "Quel est votre niveau de satisfaction ?",
		Lead:        "Choisissez, envoyez, c’est fait : environ 10 secondes.",
		StarOf:      " étoiles sur 5",
		OneStarOf:   " étoile sur 5",
		TenOf:       " sur 10",
		Worst:       "très faible",
		Best:        "très élevé",
		Send:        "Envoyer mon avis",
		Voluntary:   "Rien n’est compté avant votre envoi.",
		Anonymous:   "Nous ne saurons pas qui vous êtes, sauf si vous nous l’écrivez.",
		ValidUntil:  func(t time.Time) string { return "Ce lien est valable jusqu’au " + frenchDay(t) + "." },
		ChangeWithin: func(h int) string {
			return "Il vous permet de modifier votre avis pendant " + strconv.Itoa(h) + " heures."
		},

		RatedTitle:  "Vous avez déjà donné votre avis",
		Yours:       "Votre avis :",
		RatedAt:     func(t time.Time) string { return "Envoyé le " + frenchTime(t) + "." },
		ChangeUntil: func(t time.Time) string { return "Vous pouvez le modifier jusqu’au " + frenchTime(t) + "." },
		LastCounts:  "Vous avez changé d’avis ? C’est votre dernier envoi qui compte.",
		SendChange:  "Modifier mon avis",
		ClosedTitle: "Votre avis est définitif",
		ClosedText: func(h int) string {
			return "Vous pouviez le modifier pendant " + strconv.Itoa(h) + " heures ; ce délai est écoulé. Merci de nous avoir aidés."
		},

		CountedTitle:  "Merci",
		Counted:       "Merci, votre avis compte !",
		Change:        "Modifier",
		MoreTitle:     "Souhaitez-vous nous en dire plus ?",
		MoreLead:      "C’est facultatif, environ une demi-minute. Votre avis est déjà enregistré.",
		ReasonBad:     "Quelle en est la raison principale ?",
		ReasonGood:    "Qu’avez-vous le plus apprécié ?",
		FCR:           "Avons-nous répondu à votre demande ?",
		Yes:           "Oui",
		No:            "Non",
		NPS:           "Quelle est la probabilité que vous nous recommandiez ?",
		NPSWorst:      "très improbable",
		NPSBest:       "très probable",
		CES:           "« Ma demande a été facile à régler. » Êtes-vous d’accord ?",
		CESWorst:      "pas du tout",
		CESBest:       "tout à fait",
		NoAnswer:      "sans réponse",
		CommentBad:    "Qu’aurions-nous pu faire de mieux ?",
		CommentGood:   "Qu’est-ce qui vous a plu, qu’est-ce qui a manqué ?",
		MoreSuggest:   "Proposer une amélioration",
		Suggestion:    "Votre proposition",
		MoreCallback:  "Demander à être rappelé",
		Callback:      "Oui, merci de me recontacter.",
		Contact:       "Téléphone ou e-mail",
		ContactHint:   "Nous ne l’utilisons que pour vous joindre.",
		SendMore:      "Envoyer mes réponses",
		MoreVoluntary: "Rien à ajouter ? Fermez simplement cette page.",

		ThanksTitle: "Merci beaucoup",
		Thanks:      "Merci beaucoup !",
		ThanksText:  "Nous avons bien reçu votre réponse. Elle nous aide à nous améliorer.",
		CallbackSoon: func(h int) string {
			return "Nous vous recontacterons dans les " + strconv.Itoa(h) + " heures."
		},
		CloseNow: "Vous pouvez maintenant fermer cette page.",

		UnsubscribeTitle:  "Ne plus recevoir d’invitations ?",
		UnsubscribeText:   "Nous ne vous demanderons plus votre avis. Nos autres messages ne sont pas concernés.",
		UnsubscribeButton: "Me désabonner",
		UnsubscribedTitle: "Désabonnement effectué",
		UnsubscribedText:  "Nous ne vous demanderons plus votre avis.",
		AlreadyTitle:      "Vous ne receviez déjà plus d’invitations",

		ErrorTitle:   "À vérifier : ",
		ErrorHeading: "Pas encore envoyé",
		messages: map[Message][2]string{
			Expired:          {"Ce lien a expiré", "Le délai pour donner cet avis est écoulé. Merci d’avoir voulu nous répondre. Nous vous solliciterons volontiers après votre prochain contact."},
			NotFound:         {"Il n’y a rien à cette adresse", "L’adresse est incomplète ou n’est pas valable. Veuillez rouvrir le lien de votre message, en entier et sans le modifier."},
			TooLarge:         {"C’était trop à la fois", "Vos indications sont trop longues et n’ont pas été enregistrées. Veuillez revenir en arrière et raccourcir votre texte."},
			WrongType:        {"Nous ne pouvons pas lire cet envoi", "Veuillez rouvrir le lien de votre message et continuer à partir de là."},
			MethodNotAllowed: {"Cela ne fonctionne pas ainsi", "Veuillez rouvrir le lien de votre message et continuer à partir de là."},
			Failed:           {"Cela n’a pas fonctionné", "L’erreur vient de nous. Veuillez réessayer dans quelques minutes."},
			TooOften:         {"Cela fait beaucoup de demandes", "Veuillez patienter un instant, puis réessayer."},
			Foreign:          {"Cet envoi ne vient pas de notre page", "Rien n’a été enregistré. Veuillez rouvrir le lien de votre message et envoyer le formulaire depuis cette page."},
		},
		errors: map[string]string{
			"stars/missing_field":          "Veuillez choisir une note.",
			"stars/out_of_range":           "Veuillez choisir une note.",
			"comment/too_long":             "Votre texte est trop long : 2000 caractères au plus.",
			"comment/control_character":    "Votre texte contient des caractères que nous ne pouvons pas lire.",
			"comment/invalid_utf8":         "Votre texte contient des caractères que nous ne pouvons pas lire.",
			"suggestion/too_long":          "Votre proposition est trop longue : 2000 caractères au plus.",
			"suggestion/control_character": "Votre proposition contient des caractères que nous ne pouvons pas lire.",
			"suggestion/invalid_utf8":      "Votre proposition contient des caractères que nous ne pouvons pas lire.",
			"callback/callback_missing":    "Cochez la case si nous devons vous recontacter. Sinon, laissez le téléphone et l’e-mail vides.",
			"callback/invalid_value":       "Veuillez cocher le rappel ou le laisser de côté.",
			"contact/contact_missing":      "Comment vous joindre ? Veuillez indiquer un téléphone ou un e-mail.",
			"contact/too_long":             "L’indication est trop longue : 200 caractères au plus.",
			"contact/control_character":    "L’indication contient des caractères que nous ne pouvons pas lire.",
			"contact/invalid_utf8":         "L’indication contient des caractères que nous ne pouvons pas lire.",
			"nonce/missing_field":          "La page n’était plus à jour. Veuillez l’envoyer encore une fois.",
			"nonce/invalid_value":          "La page n’était plus à jour. Veuillez l’envoyer encore une fois.",
			"form/unavailable":             "Nous n’avons pas pu enregistrer votre envoi. Vos indications sont encore là : veuillez les renvoyer dans un instant.",
			"form/too_many_requests":       "Cela fait beaucoup de demandes à la suite. Vos indications sont encore là : veuillez patienter un instant, puis les renvoyer.",
		},
		errorFallback: "Nous ne pouvons pas lire cette indication. Veuillez envoyer le formulaire encore une fois.",
	}
})

var frenchMonths = [...]string{"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"}

func frenchDay(t time.Time) string {
	day := strconv.Itoa(t.Day())
	if t.Day() == 1 {
		day = "1er"
	}
	return day + " " + frenchMonths[t.Month()-1] + " " + strconv.Itoa(t.Year())
}

func frenchTime(t time.Time) string { return frenchDay(t) + " à " + clock(t) }
