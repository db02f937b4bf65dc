"""The channels and stages that come with the package, and the rules without settings; ``followup.toml`` may add or replace them."""

from __future__ import annotations

from fractions import Fraction

from followup_md.model import Channel, Rules, Stage, StageKind

#: In the order of the documentation. A channel's own name is always one of its words.
CHANNELS = (
    Channel(
        "call", ("called", "phone", "phoned", "telephone", "telephoned", "rang", "dial", "dialed", "dialled"), "phone"
    ),
    Channel("voicemail", ("vm", "voice mail", "voice-mail"), "phone"),
    Channel("email", ("e-mail", "emailed", "e-mailed", "mail", "mailed"), "email"),
    Channel("linkedin", ("linked-in", "inmail"), "linkedin"),
    Channel("sms", ("texted", "text message", "whatsapp", "imessage"), "phone"),
    Channel("social", ("tweet", "tweeted", "twitter", "dm", "instagram", "facebook")),
    Channel(
        "note",
        ("note sent", "handwritten", "thank-you note", "thank you note", "thank-you card", "thank you card"),
        "address",
    ),
    Channel("letter", ("by post", "postcard", "fax"), "address"),
    Channel("parcel", ("package", "courier", "gift", "sent a book"), "address"),
    Channel(
        "meeting",
        (
            "met",
            "demo",
            "visit",
            "visited",
            "coffee",
            "lunch",
            "dinner",
            "in-person",
            "in person",
            "video call",
            "video-call",
            "zoom",
            "teams",
        ),
    ),
    Channel("event", ("invite", "invited", "invitation", "webinar")),
    Channel("referral", ("introduced them", "sent a lead")),
    Channel("other", ()),
)

#: In the order of the pipeline; ``expected`` is one author's own practice (Math), not a law.
STAGES = (
    Stage("lead", StageKind.OPEN, "new-lead", None, ("new", "prospect", "cold", "identified", "researched")),
    Stage("contacted", StageKind.OPEN, "new-lead", None, ("active", "warm", "engaged", "open", "working", "replied")),
    Stage(
        "meeting",
        StageKind.OPEN,
        "after-meeting",
        None,
        ("met", "demo", "discovery", "qualified", "call-booked", "booked"),
    ),
    Stage("proposal", StageKind.OPEN, "after-proposal", None, ("proposal-sent", "quoted", "quote", "negotiation")),
    Stage("items", StageKind.OPEN, "awaiting-items", Fraction(1, 2), ("awaiting-items", "next-step", "onboarding")),
    Stage("verbal", StageKind.OPEN, "after-proposal", None, ("verbal-yes", "contract", "contract-sent")),
    Stage("nurture", StageKind.OPEN, "nurture", None, ("dormant", "on-hold", "later", "hold")),
    Stage("won", StageKind.WON, "won", None, ("closed-won", "client", "customer")),
    Stage("lost", StageKind.LOST, "lost", None, ("closed-lost", "dead", "declined", "passed")),
)

#: What holds without settings.
DEFAULTS = Rules(STAGES, CHANNELS)
