"""Nothing that names a client: random codes, and a look for names, dates and numbers in what a learner writes."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

# No vowels and no signs that look alike: a code never spells a word, and reads out without mistakes.
CODE_SIGNS = "2346789BCDFGHJKMPQRTVWXY"
_CODE = re.compile(rf"[{CODE_SIGNS}]{{3}}-[{CODE_SIGNS}]{{3}}")


def client_code(picks: Sequence[int]) -> str:
    """Write six random numbers as a client's code, like K7M-4QX."""
    signs = "".join(CODE_SIGNS[pick % len(CODE_SIGNS)] for pick in picks[:6])
    return f"{signs[:3]}-{signs[3:]}"


def is_client_code(text: str) -> bool:
    """Whether `text` has the form of a code of ours."""
    return _CODE.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class Finding:
    """A piece of text that may tell who the client is: a "name", a "date" or a "number"."""

    kind: str
    piece: str


_MONTHS = (
    "January|February|March|April|May|June|July|August|September|October|November|December|"
    "Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec|"
    "enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre"
)
_DATES = (
    re.compile(r"\b\d{4}[-/.]\d{1,2}[-/.]\d{1,2}\b"),
    re.compile(r"\b\d{1,2}[/.]\d{1,2}[/.](?:\d{4}|\d{2})\b"),
    re.compile(r"\b\d{1,2}-\d{1,2}-(?:\d{4}|\d{2})\b"),
    re.compile(rf"\b(?:{_MONTHS})\.?\s+\d{{1,2}}(?:st|nd|rd|th)?\b(?:,?\s+\d{{4}}\b)?"),
    re.compile(rf"\b\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+|de\s+)?(?:{_MONTHS})\b"),
    re.compile(rf"\b(?:{_MONTHS})\s+(?:19|20)\d{{2}}\b"),
    re.compile(
        r"\b(?:date of birth|birth ?da(?:y|te)|born (?:in|on|\d)|d\.?o\.?b\.?|nacid[oa])(?![A-Za-z])", re.IGNORECASE
    ),
)
_NUMBERS = (
    re.compile(r"\b\d{3}-\d{2}-\d{4}\b"),
    re.compile(r"\(?\b\d{3}\)?[\s.-]\d{3}[\s.-]\d{4}\b"),
    re.compile(r"\b\d{6,}\b"),
    re.compile(r"\b(?:MRN|SSN|chart|record|account)\s*(?:no\.?|number|#)?\s*:?\s*#?\d{3,}\b", re.IGNORECASE),
    re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+"),
)
_PERSON = r"(?:[Cc]lient[ea]?|[Pp]atient|[Pp]aciente|[Pp]t)(?:['’]s)?"
_CAPITAL = r"[A-ZÀ-ÖØ-Þ][a-zà-öø-ÿ]+(?:['’-][A-ZÀ-ÖØ-Þ]?[a-zà-öø-ÿ]+)*"
_TITLED = re.compile(rf"\b(?:Mr|Mrs|Ms|Miss|Mx|Sr|Sra|Srta)\b\.?\s+({_CAPITAL})")
_NAMED = re.compile(rf"\b(?:named|name (?:is|was)|llamad[oa])\s+({_CAPITAL})")
_CLIENT_NAME = re.compile(rf"\b{_PERSON},?\s+({_CAPITAL})")
_CLIENT_INITIALS = re.compile(rf"\b{_PERSON},?\s+([A-Z]{{1,3}})(?![A-Za-z0-9-])")
_INITIALS = re.compile(r"(?<![A-Za-z.])(?:[A-Z]\.\s?){2,3}(?![A-Za-z])")
_WORDS = re.compile(rf"{_CAPITAL}|[\w'’-]+|[.!?:;\n]+|[^\w\s]")

# Days off, for which a clinic closes and a supervisor says so.
_HOLIDAYS = re.compile(
    r"\b(?:(?:Veterans|Veterans’|Memorial|Labor|Independence|Columbus|Presidents|Presidents’|Thanksgiving|Christmas|"
    r"New Year['’]?s|Martin Luther King|MLK|Easter|Indigenous Peoples['’]?) (?:Day|Eve|Sunday|Monday)|Good Friday)\b"
)

_ABBREVIATIONS_TEXT = """
R L C T S AROM ART ASIS CC CTS DVT FWD GH HA HEP IR IT ITB LBP LMT LS MFR MLD MMT MT NMT OA PIR PNF PROM PSIS PT QL RA
RC ROM SCM SI SIJ SOAP TFL TMJ TOS TP TPS TRP UT US
"""
_ABBREVIATIONS = frozenset(_ABBREVIATIONS_TEXT.split())
# Words of the field and of the week that people write with a capital letter.
_FIELD_TEXT = """
monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september
october november december swedish myofascial release neuromuscular therapy technique trigger point points muscle
testing manual lymphatic lymph drainage stretching stretch range motion upper lower middle left right bilateral
anterior posterior medial lateral cervical thoracic lumbar sacral shoulder neck back hip knee ankle foot wrist elbow
hand arm leg trapezius levator scapulae scapula rhomboid rhomboids deltoid supraspinatus infraspinatus subscapularis
teres major minor pectoralis biceps triceps brachii quadratus lumborum gluteus maximus medius piriformis psoas iliacus
hamstring hamstrings quadriceps gastrocnemius soleus tibialis tensor fasciae latae iliotibial band plantar fascia
achilles erector spinae sternocleidomastoid scalene scalenes suboccipital suboccipitals masseter temporalis golgi
tendon vodder leduc foldi casley hawkins kennedy neer spurling thomas ober patrick faber kendall apley adson phalen
tinel lasegue trendelenburg thompson yergason speed speeds test sign intake notes soap consent client clients patient
session review observed practiced practised worked applied learned discussed helped supervisor therapist clinic center
health hipaa cpt icd english spanish american
"""
_FIELD = frozenset(_FIELD_TEXT.split())
# Given names that are hardly ever anything else in a shift's notes.
_GIVEN_TEXT = """
aaron abigail adam adrian aisha alejandro alexander alexandra alice alicia alison amanda amber amy ana andrea andrew
angela anna anne anthony antonio ashley barbara benjamin beth betty beverly bob brandon brenda brian brittany bruce
caitlin carl carla carlos carmen carol caroline catherine charles charlotte cheryl chris christina christine
christopher cindy claire claudia connor craig cynthia dan daniel danielle dave david deborah debra denise dennis diana
diane diego donald donna dorothy douglas edward eileen elena eleanor elizabeth ellen emily emma eric erica erin ethan
eugene evelyn fatima fernando frances francisco gabriel gary george gloria gregory hannah harold heather helen henry
isabel isabella jacob jacqueline james jamie jane janet janice jason javier jeff jeffrey jennifer jeremy jessica jesus
jim joan joanna joe john johnny jonathan jordan jorge jose joseph joshua joyce juan juanita judith judy julia julie
karen kate katherine kathleen kathryn katie keith kelly kenneth kevin kimberly kyle larry laura lauren lawrence leah
linda lisa logan lori louise lucas lucia luis luke madison manuel margaret maria marie marilyn mario martha martin
mary matthew megan melissa michael michelle miguel mike mohammed monica nancy natalie nathan nicholas nicole noah
olivia oscar pamela patricia paul peter philip priya rachel ralph ramon raymond rebecca ricardo richard robert roberto
roger ronald rosa roy russell ruth ryan samantha samuel sandra sara sarah scott sean sharon shirley sofia sophia
stephanie stephen steven susan tammy tanya teresa theresa thomas timothy tina todd tom tony tracy tyler valerie
vanessa veronica victoria vincent virginia walter wayne wendy william yolanda zachary
"""
_GIVEN = frozenset(_GIVEN_TEXT.split())


def _words_of(names: Iterable[str]) -> frozenset[str]:
    return frozenset(word for name in names for word in re.split(r"[^\w'’-]+", name.casefold()) if word)


def identifier_in(text: str, known: Iterable[str] = ()) -> Finding | None:
    """The first piece of a shift's words that may tell who the client is; None where nothing does.

    `known` are names that may stand there: the supervisor, the site, the school. It errs towards asking: a sentence
    can be written anew, a name in a record cannot be taken back.
    """
    for pattern in _DATES:
        if hit := pattern.search(text):
            return Finding("date", hit.group().strip())
    for pattern in _NUMBERS:
        if hit := pattern.search(text):
            return Finding("number", hit.group().strip())
    fine = _FIELD | _words_of(known)
    text = _HOLIDAYS.sub(lambda hit: hit.group().casefold(), text)
    for pattern in (_TITLED, _NAMED, _CLIENT_NAME):
        for hit in pattern.finditer(text):
            if hit.group(1).casefold() not in fine:
                return Finding("name", hit.group().strip())
    for hit in _CLIENT_INITIALS.finditer(text):
        if hit.group(1) not in _ABBREVIATIONS:
            return Finding("name", hit.group().strip())
    for hit in _INITIALS.finditer(text):
        if hit.group().replace(".", "").replace(" ", "") not in _ABBREVIATIONS:
            return Finding("name", hit.group().strip())
    return _name_in(text, fine)


def _name_in(text: str, fine: frozenset[str]) -> Finding | None:
    """Given names anywhere, and two capital words in the middle of a sentence that are no words of the field."""
    before = ""
    starts = True
    for hit in _WORDS.finditer(text):
        word = hit.group()
        capital = re.fullmatch(_CAPITAL, word) is not None
        plain = re.sub(r"['’]s$", "", word.casefold())
        unknown = capital and plain not in fine
        if unknown and plain in _GIVEN:
            return Finding("name", word)
        if unknown and before:
            return Finding("name", f"{before} {word}")
        before = word if unknown and not starts else ""
        starts = re.fullmatch(r"[.!?:;\n]+", word) is not None
    return None
