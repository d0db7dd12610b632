"""Who works in the demo's company, and whom it writes to. Every number is a fictional one.

French numbers are of the block Arcep keeps for films (06 39 98), British ones of Ofcom's, North
American ones 555-01xx, Australian ones of ACMA's. Their last two digits are the simulator's fate.
"""

from typing import Final, NamedTuple

PASSWORD: Final = "une-demo-bien-gardee"  # noqa: S105 - printed, and of the demo alone
DOMAIN: Final = "maison-verdier.example"


class Person(NamedTuple):
    """Someone who signs in. `account` is `parent`, `child` or `both`."""

    email: str
    name: str
    role: str
    language: str
    account: str = "parent"


PEOPLE: Final = (
    Person(f"camille.roux@{DOMAIN}", "Camille Roux", "owner", "fr", "both"),
    Person(f"nadia.benali@{DOMAIN}", "Nadia Benali", "administrator", "fr", "both"),
    Person(f"oliver.grant@{DOMAIN}", "Oliver Grant", "advanced", "en"),
    Person(f"lea.fontaine@{DOMAIN}", "Léa Fontaine", "basic", "fr"),
    Person(f"hugo.marchal@{DOMAIN}", "Hugo Marchal", "billing", "fr"),
    Person(f"priya.shah@{DOMAIN}", "Priya Shah", "developer", "en"),
    Person(f"manon.teyssier@{DOMAIN}", "Manon Teyssier", "owner", "fr", "child"),
)
STAFF: Final = Person("support@hub.example", "Hub Support", "staff", "en")


class Friend(NamedTuple):
    """A contact. `zone` empty: the number alone must tell."""

    number: str
    name: str
    zone: str = ""


PARIS, LONDON, NEW_YORK = "Europe/Paris", "Europe/London", "America/New_York"
MONTREAL, SYDNEY, NOUMEA = "America/Toronto", "Australia/Sydney", "Pacific/Noumea"
REUNION, MARTINIQUE = "Indian/Reunion", "America/Martinique"

CUSTOMERS: Final = (
    Friend("+33639980110", "Alice Moreau", PARIS),
    Friend("+33639980111", "Bastien Lemoine", PARIS),
    Friend("+33639980112", "Chloé Garnier", PARIS),
    Friend("+33639980113", "David Nguyen", PARIS),
    Friend("+33639980114", "Élodie Perrin", PARIS),
    Friend("+33639980115", "Fabien Colin", PARIS),
    Friend("+33639980116", "Gaëlle Robin", PARIS),
    Friend("+33639980117", "Henri Masson", PARIS),
    Friend("+33639980118", "Inès Carpentier", PARIS),
    Friend("+33639980119", "Julien Brunet", PARIS),
    Friend("+33639980120", "Karim Haddad", PARIS),
    Friend("+33639980121", "Louise Aubert", PARIS),
    Friend("+33639980122", "Mathieu Leclerc", PARIS),
    Friend("+33639980123", "Noémie Rolland", PARIS),
    Friend("+33639980124", "Olivier Picard", PARIS),
    Friend("+33639980125", "Pauline Renard", PARIS),
    Friend("+33639980126", "Quentin Barbier", PARIS),
    Friend("+33639980127", "Romane Guérin", PARIS),
    Friend("+33639980128", "Sofiane Belkacem", PARIS),
    Friend("+33639980129", "Théo Vidal", PARIS),
    Friend("+33639980205", "Agathe Millet", PARIS),
    Friend("+33639980206", "Bruno Deschamps", PARIS),
    Friend("+262692000031", "Cédric Hoarau", REUNION),
    Friend("+262692000032", "Diane Payet", REUNION),
    Friend("+596696000033", "Estelle Zobda", MARTINIQUE),
    Friend("+687700034", "Fiona Wamytan", NOUMEA),
    Friend("+687700035", "Gilles Naisseline", NOUMEA),
    Friend("+15145550136", "Hélène Tremblay", MONTREAL),
    Friend("+15145550137", "Isaac Gagnon", MONTREAL),
    Friend("+447700900138", "James Whitfield", LONDON),
    Friend("+447700900139", "Kate Ashworth", LONDON),
    Friend("+447700900140", "Liam Doherty", LONDON),
    Friend("+12125550141", "Megan O’Connor", NEW_YORK),
    Friend("+12125550142", "Noah Feldman", NEW_YORK),
    Friend("+61491570156", "Olivia Harding", SYDNEY),
    Friend("+61491570157", "Peter Calloway", SYDNEY),
)
# What goes wrong, by the simulator's digits: refused, undelivered, no receipt, expired.
REFUSED: Final = Friend("+33639980201", "Ancien numéro (Dumas)")
UNDELIVERED: Final = (
    Friend("+33639980302", "Valérie Costa", PARIS),
    Friend("+447700900302", "William Burke", LONDON),
)
SILENT: Final = Friend("+33639980204", "Xavier Dupuis", PARIS)
NO_RECEIPT: Final = Friend("+33639980207", "Yasmine Cherif", PARIS)
EXPIRES: Final = Friend("+33639980209", "Zoé Lambert", PARIS)
TROUBLED: Final = (REFUSED, *UNDELIVERED, SILENT, NO_RECEIPT, EXPIRES)
# They answered STOP.
STOPPED: Final = (
    Friend("+33639980143", "Arnaud Besson", PARIS),
    Friend("+447700900144", "Beth Carver", LONDON),
)

CLIENTS: Final = (
    Friend("+33639980150", "Marc Olivieri", PARIS),
    Friend("+33639980151", "Nina Pastor", PARIS),
    Friend("+33639980152", "Oscar Blanchet", PARIS),
    Friend("+33639980153", "Patricia Roussel", PARIS),
    Friend("+33639980154", "Rachid Mansour", PARIS),
    Friend("+33639980155", "Sabine Weber", PARIS),
    Friend("+262692000056", "Tom Grondin", REUNION),
    Friend("+15145550157", "Ursule Bouchard", MONTREAL),
    Friend("+12125550158", "Victor Hale", NEW_YORK),
    Friend("+687700059", "Wendy Kasarhérou", NOUMEA),
)
# A satellite phone: no country, so no zone is known and sending hours hold it.
AT_SEA: Final = Friend("+870773000060", "Voilier Mistral")
