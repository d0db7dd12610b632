"""What the demo's company writes."""

from typing import Final

ORDER_FR: Final = (
    "Maison Verdier : votre commande MV-{n} est prête. Retrait au 12 rue des Martyrs, 10h-19h.",
    "Maison Verdier : commande MV-{n} expédiée, livraison prévue {day}. Suivi : verdier.example",
    "Bonjour, votre retouche MV-{n} est terminée. À bientôt chez Maison Verdier !",
    "Maison Verdier : rappel de votre rendez-vous d’essayage {day} à 15h30.",
)
ORDER_EN: Final = (
    "Maison Verdier: your order MV-{n} has shipped and should arrive {day}.",
    "Maison Verdier: your order MV-{n} is ready for collection.",
    "Hello, a reminder of your fitting at Maison Verdier {day} at 3:30 pm.",
)
NEWSLETTER_FR: Final = (
    "Maison Verdier : la collection d’hiver est arrivée. Avant-première pour nos clients "
    "jusqu’à dimanche, en boutique et sur verdier.example. STOP au 36180"
)
NEWSLETTER_EN: Final = (
    "Maison Verdier: our winter collection is here. Preview for our customers until Sunday. "
    "Reply STOP to opt out"
)
WORKSHOP: Final = (
    "Atelier Sud : votre meuble n° {n} est restauré, vous pouvez passer le chercher.",
    "Atelier Sud : devis {n} prêt. Répondez OUI pour lancer la restauration.",
    "Atelier Sud : rendez-vous confirmé {day} à 10h, 4 quai des Belges.",
)
CODE: Final = "Maison Verdier : votre code est {n}. Ne le communiquez à personne."
REPLIES: Final = (
    ("+33639980112", "Merci, je passe demain !"),
    ("+447700900138", "Perfect, thank you"),
    ("+33639980118", "À quelle heure fermez-vous samedi ?"),
)
TEMPLATES: Final = (
    (
        "Commande prête",
        "Bonjour {name|cher client}, votre commande est prête. Retrait au 12 rue des Martyrs, "
        "du mardi au samedi, 10h-19h. Maison Verdier",
    ),
    (
        "Rappel d’essayage",
        "Maison Verdier : {name|bonjour}, nous vous attendons demain pour votre essayage. "
        "Pour le déplacer, répondez à ce message.",
    ),
    (
        "Order ready",
        "Hello {name|there}, your order is ready at 12 rue des Martyrs, Tuesday to Saturday, "
        "10am-7pm. Maison Verdier",
    ),
)
WORKSHOP_TEMPLATES: Final = (
    (
        "Devis prêt",
        "Bonjour {name|cher client}, votre devis est prêt. Répondez OUI pour lancer la "
        "restauration. Atelier Sud",
    ),
)
