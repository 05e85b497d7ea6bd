//nolint:misspell // French
package letter

// frenchCase sets a no-break space before a colon, a question mark and a
// semicolon.
var frenchCase = caseTexts{
	Subject:  "{title} ({number})",
	Hello:    "Bonjour {name},",
	HelloAll: "Bonjour,",

	Acknowledged: telling{
		"Nous avons reçu votre réclamation",
		"Merci de nous avoir décrit ce qui s’est passé. Nous prenons votre réclamation au sérieux. Cette confirmation est automatique\u00a0; votre réclamation est lue et traitée par des personnes.",
	},
	Assessed: telling{
		"Nous avons lu votre réclamation",
		"Nous avons lu votre réclamation et noté ce qu’elle concerne.",
	},
	Investigating: telling{
		"Nous examinons votre réclamation",
		"Nous cherchons maintenant à établir ce qui s’est passé.",
	},
	Resumed: telling{
		"Nous poursuivons l’examen de votre réclamation",
		"L’examen de votre réclamation se poursuit.",
	},
	Replied: telling{
		"Nous avons reçu votre réponse",
		"Merci de votre réponse. L’examen de votre réclamation se poursuit.",
	},
	Asked: telling{
		"Nous avons une question sur votre réclamation",
		"Pour traiter votre réclamation, nous avons besoin d’une précision de votre part.",
	},
	Answered: telling{
		"Un message concernant votre réclamation",
		"Nous vous avons écrit au sujet de votre réclamation.",
	},
	Decided: telling{
		"Nous avons pris une décision sur votre réclamation",
		"Nous avons pris une décision sur votre réclamation. La voici, avec ses motifs.",
	},
	Resolved: telling{
		"Le résultat de votre réclamation",
		"Nous avons terminé le traitement de votre réclamation. En voici le résultat.",
	},
	Accepted: telling{
		"Votre réclamation est close",
		"Vous avez accepté le résultat et nous avons clos votre réclamation. Merci de nous l’avoir fait savoir.",
	},
	Closed: telling{
		"Votre réclamation est close",
		"Nous avons clos votre réclamation.",
	},
	Lapsed: telling{
		"Votre réclamation est close",
		"Nous vous avons communiqué le résultat le {resolved}. Vous n’avez pas rouvert votre réclamation depuis\u00a0; nous l’avons donc close.",
	},
	ReopenedByYou: telling{
		"Votre réclamation est rouverte",
		"Vous avez rouvert votre réclamation. Merci de nous dire qu’elle n’est pas réglée pour vous\u00a0: nous l’examinons de nouveau.",
	},
	Reopened: telling{
		"Votre réclamation est rouverte",
		"Nous avons rouvert votre réclamation et l’examinons de nouveau.",
	},
	WithdrawnByYou: telling{
		"Vous avez retiré votre réclamation",
		"Vous avez retiré votre réclamation. Nous ne la traitons plus.",
	},
	Withdrawn: telling{
		"Votre réclamation est retirée",
		"Comme vous nous l’avez demandé, nous avons noté que vous retirez votre réclamation. Nous ne la traitons plus.",
	},
	Duplicate: telling{
		"Votre réclamation se poursuit sous le numéro {other}",
		"D’après notre examen, cette réclamation concerne la même affaire que la réclamation {other}. Nous les traitons ensemble sous le numéro {other}\u00a0; ce que vous avez écrit ici y est pris en compte.",
	},
	Updated: telling{
		"Du nouveau sur votre réclamation",
		"Il y a du nouveau sur votre réclamation. Vous pouvez le lire sur la page de suivi.",
	},

	Number:          "Numéro",
	Received:        "Reçue",
	About:           "Objet",
	Team:            "Responsable",
	YourWords:       "Ce que vous nous avez écrit",
	YourRemedy:      "Ce qui réglerait la situation pour vous",
	TakenDown:       "Ce que nous avons noté pour vous",
	TakenDownRemedy: "Ce qui réglerait la situation pour vous, tel que nous l’avons noté",
	Check:           "Avons-nous mal noté quelque chose\u00a0? Merci alors de nous le dire sur la page de suivi.",
	Attach:          "Vous pouvez aussi ajouter des photos ou des fichiers PDF sur la page de suivi, {files} au maximum.",
	Cut:             "Votre texte complet se trouve sur la page de suivi.",
	Crisis:          "Information actuelle",
	Callback:        "Vous avez demandé que nous vous rappelions. Nous vous appellerons avant le {callback}.",
	CallbackLate:    "Vous avez demandé que nous vous rappelions. Nous vous appellerons dès que possible.",
	OurQuestion:     "Notre question",
	OurWords:        "Notre message",
	Decision:        "La décision",
	Outcomes: outcomes{
		Accepted: "Votre réclamation est justifiée et nous l’acceptons.",
		Partly:   "Nous acceptons votre réclamation en partie.",
		Goodwill: "Nous vous proposons un geste commercial.",
		Rejected: "Nous avons examiné votre réclamation et ne l’acceptons pas.",
	},
	Reasons:     "Les motifs",
	AnsweredFor: "Responsable de la décision\u00a0: {team}.",
	Promised:    "Ce que nous vous avons accordé",
	Kinds: kinds{
		Refund: "Remboursement", Discount: "Remise", Voucher: "Bon d’achat",
		Replacement: "Remplacement", Repair: "Réparation", Gift: "Cadeau",
		Apology: "Excuses", Explanation: "Explication", PriorityService: "Traitement prioritaire",
	},
	Amount:  "{kind}\u00a0: {amount}",
	Apology: "Nous vous présentons nos excuses.",

	NextHeading: "La suite",
	NextBy: nexts{
		FirstAnswer:   "Vous recevrez une réponse personnelle de notre part avant le {due}.",
		Decision:      "Nous comptons prendre une décision sur votre réclamation avant le {due}. Vous la recevrez avec ses motifs.",
		YourReply:     "Merci de nous répondre sur la page de suivi. D’ici là, notre propre délai de décision est suspendu. La décision doit être prise au plus tard le {due}.",
		Communication: "Vous recevrez notre message final à ce sujet avant le {due}.",
	},
	NextSometime: nexts{
		FirstAnswer:   "Vous recevrez une réponse personnelle de notre part.",
		Decision:      "La prochaine étape est notre décision. Vous la recevrez avec ses motifs.",
		YourReply:     "Merci de nous répondre sur la page de suivi\u00a0; nous ne vous fixons pas de délai. D’ici là, notre propre délai de décision est suspendu\u00a0; il reprend avec votre réponse.",
		Communication: "Vous recevrez ensuite notre message final à ce sujet.",
	},
	NextMissed: nexts{
		FirstAnswer:   "Nous voulions vous avoir répondu personnellement avant le {due}. Nous n’y sommes pas parvenus et nous le regrettons. La réponse reste à venir\u00a0; le retard a été signalé chez nous.",
		Decision:      "Nous voulions avoir pris une décision avant le {due}. Nous n’y sommes pas parvenus et nous le regrettons. La décision reste à venir\u00a0; le retard a été signalé chez nous.",
		YourReply:     "Merci de nous répondre sur la page de suivi. Nous voulions avoir pris une décision avant le {due}. Nous n’y sommes pas parvenus et nous le regrettons.",
		Communication: "Nous voulions vous avoir envoyé notre message final avant le {due}. Nous n’y sommes pas parvenus et nous le regrettons. Il reste à venir\u00a0; le retard a été signalé chez nous.",
	},
	MovedOn:   "Votre réclamation a avancé depuis. La page de suivi indique où elle en est maintenant.",
	Agree:     "Êtes-vous d’accord\u00a0? Merci alors de le confirmer sur la page de suivi. Sinon, rouvrez-y votre réclamation et dites-nous ce qui manque\u00a0: nous l’examinerons de nouveau.",
	AgreeBy:   "Si vous ne la rouvrez pas d’ici au {due}, nous la clôturerons.",
	Redress:   "Si vous n’êtes pas d’accord avec la décision",
	Again:     "L’affaire n’est pas réglée pour vous\u00a0? Vous pouvez rouvrir votre réclamation sur la page de suivi jusqu’au {until}.",
	Survey:    "Comment avons-nous traité votre réclamation\u00a0?",
	SurveyAsk: "Nous avons une question à vous poser\u00a0: quel est votre niveau de satisfaction quant au traitement de votre réclamation\u00a0? La réponse est facultative, prend quelques secondes et reste possible jusqu’au {until}. Elle nous montre ce que nous devons changer dans le traitement des réclamations.",
	SurveyGo:  "Évaluer le traitement",
	Anew:      "Est-ce une erreur, ou souhaitez-vous nous dire autre chose\u00a0? Merci alors de nous écrire de nouveau, si possible en rappelant le numéro {number}.",
	AnewGo:    "Nous écrire de nouveau",
	See:       "Voir où en est ma réclamation",
	Reply:     "Répondre",
	Page:      "La page de suivi vous montre à tout moment où en est votre réclamation et vous permet de nous écrire. Merci de nous écrire là plutôt qu’en réponse à cet e-mail\u00a0: votre message rejoindra ainsi votre réclamation.",
	PageEnded: "Vous pouvez toujours lire votre réclamation sur la page de suivi.",
	PageUntil: "Le lien est valable jusqu’au {until}. Toute personne qui l’a peut lire votre réclamation\u00a0: merci de ne pas le transmettre.",
	WhyCase:   "Vous recevez ce message parce que cette adresse a été indiquée avec une réclamation auprès de {organisation} ({touchpoint}). Si ce n’est pas la vôtre, merci de supprimer le message.",
	Privacy:   "Confidentialité",
	Day:       "{day} {month} {year}",
}
