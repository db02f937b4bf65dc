"""What other vaults call things: spellings that are not ours, seen in vaults that were not made for us.

None of it is read as it stands. ``init`` proposes what it finds of these for followup.toml, where the user may strike
it out. Keys are in the form in which they are compared (``fields.key_of``), words in lower case.
"""

from __future__ import annotations


def _split(words: dict[str, str]) -> dict[str, tuple[str, ...]]:
    return {meaning: tuple(written.split()) for meaning, written in words.items()}


#: Key names by the field they mean.
KEYS = _split(
    {
        "name": "full-name fullname nombre nom nome",
        "company": "customer client employer account works-at company-name firma unternehmen empresa "
        "organización organizacion entreprise",
        "role": "job company-role function rolle funktion beruf cargo puesto rol poste",
        "email": "email-address mail-address e-mail-address work-email e-mail-adresse correo courriel",
        "phone": "phone-number telephone cell cell-phone mobile-phone work-phone whatsapp telefon telefonnummer mobil "
        "handy telefono teléfono téléphone",
        "linkedin": "linked-in linkedin-url linkedin-profile linkedin-link",
        "website": "url site web homepage webseite",
        "address": "mailing-address postal-address adresse anschrift direccion dirección",
        "timezone": "time-zone zeitzone",
        "stage": "pipeline phase lead-status deal-status sales-stage relationship-status client-status contact-status "
        "etapa estado étape vertriebsphase",
        "next": "next-contact-date next-contact-due next-interaction next-check-in next-checkin next-meeting "
        "next-call next-reach-out next-date next-action-on follow-up-on follow-up-by reach-out-on "
        "contact-again contact-next reminder wiedervorlage nächster-kontakt naechster-kontakt "
        "próximo-contacto proximo-contacto prochain-contact",
        "last_contact": "last-contact-date last-contacted-on last-interaction last-interaction-date last-spoke last-spoken "
        "last-talked last-chatted last-chat last-met last-meeting last-call last-reached-out lastcontact "
        "letzter-kontakt último-contacto ultimo-contacto dernier-contact",
        "owner": "account-owner lead-owner betreuer responsable",
        "amount": "deal-size contract-value potential betrag auftragswert importe montant",
        "source": "origin met-via met-through met-at how-we-met introduced-by quelle fuente origen",
        "added": "date-created created-at created-on creation-date first-contact first-met angelegt",
        "pain": "pain-point pain-points problem problems",
        "opportunity": "opportunities use-case",
    }
)

#: Values of a stage by the built-in stage that is meant.
STAGES = _split(
    {
        "lead": "inbox target prospecting interessent neu neukontakt erstkontakt nuevo nouveau",
        "contacted": "conversation in-conversation in-progress outreach contact-made kontaktiert in-kontakt "
        "angesprochen contactado",
        "meeting": "meeting-scheduled meeting-booked demo-scheduled termin termin-vereinbart erstgespräch reunión rdv",
        "proposal": "negotiating offer offer-sent angebot angebot-verschickt angebot-gesendet "
        "angebot-geschickt propuesta proposition devis verhandlung negociación",
        "nurture": "inactive paused parked archive archived snoozed inaktiv pausiert",
        "won": "signed closed kunde gewonnen cliente ganado gagné",
        "lost": "rejected not-interested disqualified verloren abgesagt absage kein-interesse perdido perdu",
    }
)

#: Words by the channel that they mean.
CHANNELS = _split(
    {
        "call": "anruf angerufen rückruf zurückgerufen telefonat telefoniert llamada appel",
        "email": "correo courriel gemailt",
        "meeting": "treffen getroffen termin besuch reunión reunion réunion breakfast 1:1",
        "letter": "brief carta lettre",
    }
)

#: What folders, types and tags of people are called.
PEOPLE = frozenset(
    {
        "client",
        "cliente",
        "clientes",
        "clienti",
        "clients",
        "contact",
        "contacten",
        "contacto",
        "contactos",
        "contacts",
        "contato",
        "contatos",
        "contatti",
        "crm",
        "crm-contact",
        "crm-person",
        "customer",
        "customers",
        "interessent",
        "interessenten",
        "klant",
        "klanten",
        "kontakt",
        "kontakte",
        "kunde",
        "kunden",
        "lead",
        "leads",
        "network",
        "people",
        "person",
        "persona",
        "personas",
        "persone",
        "personen",
        "personne",
        "personnes",
        "persons",
        "pessoa",
        "pessoas",
        "prospect",
        "prospect-profile",
        "prospecto",
        "prospectos",
        "prospects",
        "relationship",
        "relationships",
        "stakeholder",
        "stakeholders",
    }
)
#: Types that say how somebody stands to the writer. Companies and files have some of them too.
RELATIONS = frozenset(
    {
        "acquaintance",
        "advisor",
        "collaborator",
        "colleague",
        "coworker",
        "donor",
        "family",
        "friend",
        "investor",
        "mentor",
        "partner",
        "recruiter",
        "referral",
    }
)
#: Types and tags of people whom one reads and hears, and does not write to.
KNOWN_FOR_WORKS = frozenset(
    {
        "actor",
        "actors",
        "author",
        "authors",
        "bands",
        "character",
        "characters",
        "composer",
        "composers",
        "musician",
        "musicians",
        "npc",
        "philosopher",
        "philosophers",
    }
)
#: Keys of notes about people who have died, or were made up.
OUT_OF_REACH = frozenset({"date-of-death", "death", "death-date", "deathday", "died", "gestorben", "species"})
#: What folders of companies are called.
COMPANIES = frozenset(
    {
        "businesses",
        "companies",
        "company",
        "empresas",
        "entreprises",
        "firmen",
        "organisations",
        "organizations",
        "orgs",
    }
)
#: What folders of meetings and calls are called.
MEETINGS = frozenset({"call notes", "calls", "interactions", "meeting", "meeting notes", "meetingnotes", "meetings"})
#: What folders of templates are called.
TEMPLATES = frozenset({"modèles", "note templates", "plantillas", "template", "templates", "vorlagen"})

#: Words of headings whose dated lines are no touches.
NO_LOGS = frozenset(
    {
        "aufgaben",
        "birthday",
        "birthdays",
        "changelog",
        "dates",
        "deadline",
        "deadlines",
        "geburtstage",
        "important",
        "invoice",
        "invoices",
        "next",
        "orders",
        "plan",
        "planned",
        "rechnungen",
        "references",
        "resources",
        "tareas",
        "task",
        "tasks",
        "to-do",
        "todo",
        "todos",
        "upcoming",
    }
)
