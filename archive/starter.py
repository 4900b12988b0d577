"""An empty archive of one's own: the folders, and records to fill in with comments that explain them.

Its people read Dutch, so its comments are. What is commented out is a correct record when the signs are taken away.
"""

from __future__ import annotations

from pathlib import Path

from archive.errors import AccessFailed, UsageError

COMMUNITY = "mijn-community"

_SETTINGS = """\
# De instellingen van dit archief. Een regel met # ervoor staat uit; wat er staat, geldt dan.
# Mappen zijn gerekend vanaf de map waarin dit bestand staat.

documents = "documents"     # het archief zelf: gewone mappen en bestanden. Maak hier een reservekopie van.
var = "var"                 # wat berekend is. Zet deze map niet in OneDrive, Dropbox of Google Drive.

# Wie ziet een document waarvan niets is opgeschreven?
# public: iedereen · partner: ook bedrijven met een account · campus: alle studenten en docenten van de scholen ·
# community: alleen de leden · confidential: alleen wie genoemd is
default_visibility = "campus"

# jobs = 0                  # hoeveel bestanden tegelijk gelezen worden; 0: een per processorkern
# time_s = 20               # seconden die het lezen van een bestand mag duren
# memory_mb = 1024          # geheugen dat het lezen van een bestand mag kosten
# ocr = true                # scans en foto's lezen, als tesseract is geïnstalleerd

# proxies = 1               # hoeveel proxies er voor de site staan
# site = "https://archief.example.org"  # het adres van de site, voor links in mails en QR-codes
# account_months = 6        # zo lang werkt het account van een student na het project
# account_unused_days = 730 # een account dat zo lang niet is gebruikt, wordt gewist
# audit_days = 730          # zo lang blijft het logboek van wijzigingen bewaard
# erasures = "gewist.jsonl" # wat gewist is (alleen hashes); bewaar dit bestand ook buiten deze computer
# smtp_host = "smtp.example.org"        # mail sturen; het wachtwoord staat in ESTAFETTE_SMTP_PASSWORD
# smtp_port = 587
# smtp_user = "archief"
# smtp_from = "archief@example.org"
# starttls = true
# mail_teachers = true         # mail de docenten als een team iets inlevert
# oidc_issuer = "https://connect.example.org"   # aanmelden met het schoolaccount (OpenID Connect, bijvoorbeeld SURFconext)
# oidc_client_id = "archief.example.org"
# oidc_secret_file = "oidc-geheim"      # of in ESTAFETTE_OIDC_SECRET
# oidc_name = "SURFconext"              # zo heet het op de knop
# oidc_scopes = "openid email profile"
# oidc_organisations = ["han.nl"]       # alleen mensen van deze scholen
# oidc_makes_accounts = false           # true: wie nog geen account heeft, krijgt er een zonder community

# [oidc_claims]             # hoe de aanbieder iets noemt; zonder deze tabel: zoals SURFconext
# email = "email"

# [analysis]                # stappen van het zoeken die je uit kunt zetten
# compounds = true          # samenstellingen splitsen: "gevelrenovatie" vind je ook met "renovatie"
"""

_NETWORK = """\
# Wat alle communities delen: organisaties en thema's. Andere bestanden verwijzen ernaar met `slug`,
# een korte naam zonder spaties die nooit verandert. Haal de # weg en vul in.

# [[organisation]]
# slug = "mijn-school"
# kind = "school"                       # company, school of other
# name = "Mijn School"
# aliases = ["MS"]
#
# [[organisation.contact]]              # een nieuw contact? Zet bij het oude `until` erbij.
# name = "…"
# email = "naam@example.org"
# phone = "024 123 45 67"
# since = 2025-09-01
# consent = [{ for = "contact", date = 2025-09-01, how = "formulier" }]

# [[theme]]
# slug = "circulair"
# nl = "circulair werken"
# en = "circular work"
# synonyms = ["hergebruik"]
"""

_COMMUNITY = """\
# Deze map is een learning community. De naam van de map is haar adres en verandert niet meer;
# hernoem hem dus nu. Zet documenten zo neer, dan weet Estafette waar ze bij horen:
#
#   <jaar>/<project>/eindrapport.pdf        bijvoorbeeld 2025-2026/nieuwe-gevels/eindrapport.pdf
#
# Opschrijven hoeft niet: wat hier niet staat, leest Estafette uit mappen en bestanden.

name = { nl = "Mijn community", en = "My community" }
# summary = { nl = "Waar werken jullie aan?", en = "What do you work on?" }
# since = 2025

# [[contact]]                           # een nieuw contact? Zet bij het oude `until` erbij.
# name = "…"
# role = "coordinator"
# email = "naam@example.org"
# phone = "024 123 45 67"
# since = 2025-09-01
# consent = [{ for = "contact", date = 2025-09-01, how = "formulier" }]

# [[partnership]]
# organisation = "mijn-school"          # een slug uit network.toml
# since = 2025-09-01
"""

_AGENDA = """\
# De open vragen van deze community. Een team dat er een oppakt, zet er een [[question.event]] bij;
# of laat dat doen door: estafette agenda claim ID --project PROJECT --by ADRES
# state: proposed (voorgesteld), open, claimed (opgepakt), answered (beantwoord) of dropped (vervallen)

# [[question]]
# id = "mijn-community-001"
# text = "Welke vraag bleef liggen?"
# themes = ["circulair"]
#
# [[question.event]]
# date = 2025-09-15
# state = "claimed"
# project = "mijn-community/2025-2026/nieuwe-gevels"
"""

_PROJECT = """\
# Kopieer dit bestand als project.toml naar de map van een project en vul in wat je weet. Alleen `title` moet.

title = "Nieuwe gevels"
# summary = "In twee zinnen, ook voor wie het vak niet kent."
# outcome = "Wat kwam eruit?"
# status = "running"                    # running, finished of stopped
# students = 4
# visibility = "public"                 # van titel, samenvatting en opbrengst; het rapport heeft zijn eigen niveau
# themes = ["circulair"]
# continues = ["mijn-community/2024-2025/oude-gevels"]      # het project waar jullie op verder bouwen

# [[team]]
# name = "…"
# role = "student"
# programme = "Bouwkunde"
# consent = [{ for = "name", date = 2025-09-15, how = "formulier" }]    # zonder toestemming geen naam naar buiten

# [handover]
# stands = "Wat staat er en is te vertrouwen?"
# open = "Wat bleef liggen of mislukte?"
# start = "Waar begint het volgende team, en met wie?"

# [[deliverable]]
# file = "eindrapport.pdf"
# title = "Nieuwe gevels"
# kind = "report"
# visibility = "campus"                 # public, partner, campus, community of confidential
# embargo_until = 2026-09-01            # vertrouwelijk tot die dag
# asked = { visibility = "campus", by = "…", date = 2026-01-20 }     # een student vraagt dit; tot het akkoord vertrouwelijk
# De docent gaf nog geen akkoord: returned = { date = …, reason = "…", by = "…" } binnen asked, en answer = "…" van het team.
"""

FILES: dict[str, str] = {
    "estafette.toml": _SETTINGS,
    "voorbeeld-project.toml": _PROJECT,
    "documents/network.toml": _NETWORK,
    f"documents/{COMMUNITY}/community.toml": _COMMUNITY,
    f"documents/{COMMUNITY}/agenda.toml": _AGENDA,
}


def lay_out(folder: Path) -> list[Path]:
    """Make an empty archive in `folder`, which is made or must be empty; return the files in order.

    Raises UsageError when something is there already, AccessFailed when it can't be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise UsageError(f"{folder} is not empty; name a new folder")
        made = []
        for name, text in FILES.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            made.append(path)
    except (FileExistsError, NotADirectoryError):
        raise UsageError(f"{folder} is a file; name a new folder") from None
    except OSError as error:
        raise AccessFailed(f"{folder}: {(error.strerror or str(error)).lower()}") from error
    return made
