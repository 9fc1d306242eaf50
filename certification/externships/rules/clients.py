"""Nothing that names a client: random codes, and a look for names, dates and numbers in what a learner writes."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
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
_PERSON = r"(?i:client[ea]?|patient|paciente|pt)(?:['’]s)?"


def _signs(wanted: Callable[[str], bool]) -> str:
    """A class of letters for a pattern, over the scripts that have capitals."""
    return "".join(sign for sign in map(chr, range(0x3000)) if sign.isalpha() and wanted(sign))


_UPPER, _LOWER = _signs(str.isupper), _signs(str.islower)
# Łukasz, O’Brien, García-López, McDonald.
_CAPITAL = rf"(?:[{_UPPER}]['’])?[{_UPPER}][{_LOWER}]+(?:(?:['’-][{_UPPER}]?|[{_UPPER}])[{_LOWER}]+)*"
# A name shouted: LOPEZ.
_SHOUT = rf"[{_UPPER}]{{3,}}(?:['’-][{_UPPER}]+)*"
_IS_CAPITAL, _IS_SHOUT = re.compile(_CAPITAL), re.compile(_SHOUT)
_WORD = r"[\w'’-]+"
_TITLED = re.compile(
    rf"\b(?:(?:Mr|Mrs|Ms|Miss|MISS|Mx|Sr|Sra|Srta|Dra?|DRA?)\b\.?\s+({_CAPITAL}|{_SHOUT})|(?i:mrs?)\b\.?\s+({_WORD}))"
)
_NAMED = re.compile(rf"\b(?:(?i:named|name\s+(?:is|was)|llamad[oa])\s+|(?i:name|nombre)\s*:\s*)({_WORD})")
# After such a label stands a name, however it is written: "client's name: lopez".
_LABELED = re.compile(
    rf"\b(?:(?:{_PERSON}\s+(?:(?:full|first|last)\s+)?name|name\s+of\s+(?:(?:the|my|this)\s+)?{_PERSON})"
    rf"(?:\s*:\s*|\s+(?:is|was)\s+)|{_PERSON}\s+(?:called\s*:\s*|(?:is|was)\s+called\s+|called\s+is\s+))({_WORD})",
    re.IGNORECASE,
)
_CLIENT_NAME = re.compile(rf"\b{_PERSON},?\s+({_WORD})")
_CLIENT_INITIALS = re.compile(rf"\b{_PERSON},?\s+([A-Z]{{1,3}})(?![A-Za-z0-9-])")
_INITIALS = re.compile(r"(?<![A-Za-z.])(?:[A-Z]\.\s?){2,3}(?![A-Za-z])")
# What only a person does; no muscle reports.
_INITIALS_DO = re.compile(
    r"(?<![\w.-])([A-Z]{2,3})\s+(?:reported|reports|said|says|told|tells|came|comes|felt|feels|asked|asks|arrived|arrives|"
    r"stated|states|complained|complains|presented|presents|denied|denies|mentioned|wanted|wants|left early|dijo|vino)\b"
)
_WORDS = re.compile(rf"{_CAPITAL}(?!\w)|{_WORD}|[.!?:;\n]+|[^\w\s]")

# Days off, for which a clinic closes and a supervisor says so.
_HOLIDAYS = re.compile(
    r"\b(?:(?:Veterans|Veterans’|Memorial|Labor|Independence|Columbus|Presidents|Presidents’|Thanksgiving|Christmas|"
    r"New Year['’]?s|Martin Luther King(?:,? Jr\.?)?|MLK|Easter|Indigenous Peoples['’]?) (?:Day|Eve|Sunday|Monday)|Good Friday)\b"
)

_ABBREVIATIONS_TEXT = """
R L C T S ADL ADLS AROM ART ASIS BID BP CC CPR CTS CX DTM DVT DX EMR EMT ER FWD GH GHJ HA HEP HIPAA HR HX IASTM IR
IT ITB LBP LMT LS MFR MLD MMT MD MET MT MVA NAD NP NMT NPRS NRS OA OSHA OT OTC PIR PNF PPE PROM PSIS PT PTA PTS PX
QL RA RC RN ROM RX SCM SI SIJ SOAP TENS TFL TMJ TOS TP TPS TRP TX UT UTS US VAS VMO WFL WNL
"""
_ABBREVIATIONS = frozenset(_ABBREVIATIONS_TEXT.split())
# Words of the field and of the week that people write with a capital letter.
_FIELD_TEXT = """
monday tuesday wednesday thursday friday saturday sunday january february march july september october november
december swedish myofascial release neuromuscular therapy technique techniques trigger point points muscle muscles
testing manual lymphatic lymph drainage stretching stretch range motion upper lower middle left right bilateral
anterior posterior medial lateral cervical thoracic lumbar sacral shoulder neck back hip knee ankle foot wrist elbow
hand arm leg trapezius levator scapulae scapula rhomboid rhomboids deltoid supraspinatus infraspinatus subscapularis
teres major minor pectoralis biceps triceps brachii quadratus lumborum gluteus maximus medius piriformis psoas iliacus
hamstring hamstrings quadriceps gastrocnemius soleus tibialis tensor fasciae latae iliotibial band plantar fascia
achilles erector spinae sternocleidomastoid scalene scalenes suboccipital suboccipitals masseter temporalis tendon
serratus splenius rectus vastus adductor adductors peroneus sartorius latissimus dorsi occipital pelvic pelvis spine
spinal joint notes soap consent client clients patient patients session sessions review observed practiced practised
worked applied learned discussed helped reported stated presented described supervisor therapist clinic center health
hipaa cpt icd spanish american massage deep tissue soft connective prenatal postnatal pregnancy pediatric geriatric
oncology sports sport athletic medical chair hot cold body mechanics fiber fibre friction petrissage effleurage
tapotement vibration compression decompression craniosacral reflexology shiatsu thai aromatherapy hydrotherapy cupping
kinesiology taping education student students handbook clinical treatment treatments plan plans planning intake form
forms history assessment evaluation midterm final practical examination exam orientation externship practicum
instruction observation training first aid safety infection control hygiene sanitation draping boundaries ethics
professional professionalism closing home advice care self within scope practice posture palpation goniometer both
sides orthopedic red flag flags screen screening referral documentation note numeric rating scale pain scar adhesion
functional movement gait ergonomics anatomy physiology pathology business law marketing communication skills
contraindications contraindication indications pressure dose force position feedback goal goals progress report time
schedule front desk room table linen laundry test tests re-test retest re sign signs work outcome measure measures
measurement of and the to for in with after before ten last next new policy procedure procedures electives theory
bodywork modalities protocols neurology fundamentals manipulation standards core subjects application internship
general license hour hours eastern western oriental internal access advertising area areas authorization billing bone
bones claims correction circle stationary dual roles role duties emergency steps endangerment evidence factors
perpetuating fitness fold forearm gifts girth groin head honesty incidents intro kinds language lymphedema medicines
minors minimum necessary nerve objective organs four parts pit principles privacy records refusal rehab reporting
requests skin rolling soon how stages swelling trafficking vessels watersheds wording mfr mld mmt nmt rom trp
reasoning vessel edema
"""
_FIELD = frozenset(_FIELD_TEXT.split())
# Words of the field that are people's names as well: fine where they stand before what bears them ("Thomas test").
_EPONYMS_TEXT = """
golgi vodder leduc foldi casley hawkins kennedy neer spurling thomas ober patrick faber kendall apley adson phalen tinel
lasegue trendelenburg thompson yergason speed speeds barlow cyriax travell simons upledger barnes wright roos jobe
"""
_EPONYMS = frozenset(_EPONYMS_TEXT.split())
_ALSO_NAMES = _EPONYMS | {"april", "may", "june", "august", "stone", "stones", "cross", "english"}
_BORNE_TEXT = """
test tests testing sign signs maneuver manoeuvre position method technique stretch drainage release tendon gait grading
scale procedure approach massage therapy fiber friction
"""
_BORNE = frozenset(_BORNE_TEXT.split())
_BEFORE_BORNE = re.compile(
    rf"(?:['’]s)?(?:(?:\s*[,/&-]\s*|\s+)(?:(?:and|or|y|o|&)\s+)?(?:{'|'.join(sorted(_EPONYMS))})(?:['’]s)?)*"
    rf"(?:\s+(?:muscle|manual|lymph|lymphatic|modified|style))*[\s-]+(?:{'|'.join(sorted(_BORNE))})\b",
    re.IGNORECASE,
)
# Words that stand in capitals where somebody writes all of a sentence so.
_PLAIN_TEXT = """
i a an the and or not no yes but with without for from to of on in at by as very more less most done did do does was were
is are has had have this that these those all both only never always must should please stop good great well better worse
same old second during then than when while her his she him they them who which what how also still again today
"""
_PLAIN = frozenset(_PLAIN_TEXT.split())
# Words that say after such a label that no name stands there.
_UNNAMED_TEXT = """
kept withheld removed omitted redacted hidden confidential private protected known unknown anonymous coded left blank
missing none out here there written recorded noted listed stored used spelled replaced covered given needed required
part back about me us once twice every each only now later earlier yesterday it its our my their so because if
"""
_UNNAMED = frozenset(_UNNAMED_TEXT.split())
# Names that are verbs as well: fine where the sentence goes on with what the client may or will do.
_MODALS = frozenset({"May", "Will"})
_DOES = re.compile(
    r"\s+(?:(?:not|also|still|then|now|often|always|never|soon)\s+)*(?:avoid|ask|be|begin|benefit|book|bring|call|come|"
    r"continue|do|experience|feel|follow|get|go|have|ice|increase|keep|need|practice|receive|reduce|report|require|"
    r"respond|rest|resume|return|schedule|see|sleep|start|stop|stretch|take|tolerate|try|use|wait|walk|want|work)\b"
)
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
olivia oscar pamela patricia patrick paul peter philip priya rachel ralph ramon raymond rebecca ricardo richard robert roberto
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
    text = unicodedata.normalize("NFC", text)
    for pattern in _DATES:
        if hit := pattern.search(text):
            return Finding("date", hit.group().strip())
    for pattern in _NUMBERS:
        if hit := pattern.search(text):
            return Finding("number", hit.group().strip())
    mine = _words_of(known)
    text = _HOLIDAYS.sub(lambda hit: hit.group().casefold(), text)
    for hit in _TITLED.finditer(text):
        # After a title even a word of the field is a name: "Mr. Thomas".
        if not _is_known(hit.group(1) or hit.group(2), mine):
            return Finding("name", hit.group().strip())
    for hit in _NAMED.finditer(text):
        if _looks_named(hit.group(1)) and not _is_known(hit.group(1), mine):
            return Finding("name", hit.group().strip())
    for hit in _LABELED.finditer(text):
        if _may_be_called(hit.group(1), mine):
            return Finding("name", hit.group().strip())
    for hit in _CLIENT_NAME.finditer(text):
        word = hit.group(1)
        if word in _MODALS and _starts_sentence(text[: hit.start()]) and _DOES.match(text, hit.end()):
            continue
        if _looks_named(word) and not _is_known(word, mine) and not _of_field(word, text[hit.end() : hit.end() + 200]):
            return Finding("name", hit.group().strip())
    for pattern in (_CLIENT_INITIALS, _INITIALS_DO, _INITIALS):
        for hit in pattern.finditer(text):
            signs = (hit.group(1) if pattern.groups else hit.group()).replace(".", "").replace(" ", "")
            if signs not in _ABBREVIATIONS and signs.casefold() not in _PLAIN | mine:
                return Finding("name", hit.group().strip())
    return _name_in(text, mine)


def _bare(word: str) -> str:
    return re.sub(r"['’]s$", "", word.casefold())


def _is_known(word: str, mine: frozenset[str]) -> bool:
    bare = _bare(word)
    return bare in mine or is_client_code(word) or all(part in mine for part in bare.split("-"))


def _is_given(word: str) -> bool:
    return any(part in _GIVEN for part in _bare(word).split("-"))


def _looks_named(word: str) -> bool:
    """Whether a word that follows "client" or "named" can be a name: a capital one, a shouted one, a given name."""
    return bool(_IS_CAPITAL.fullmatch(word) or _IS_SHOUT.fullmatch(word) or _is_given(word))


def _may_be_called(word: str, mine: frozenset[str]) -> bool:
    """Whether a word after a label such as "client's name:" can be a name, in small letters too."""
    bare = _bare(word)
    if _is_known(word, mine) or len(bare) < 2 or not bare[0].isalpha():
        return False
    return bare in _ALSO_NAMES or bare not in _FIELD | _PLAIN | _UNNAMED


def _starts_sentence(before: str) -> bool:
    """Whether a sentence starts after these words."""
    return before.rstrip(" ")[-1:] in {"", ".", "!", "?", ":", ";", "\n"}


def _of_field(word: str, rest: str) -> bool:
    """Whether a word is one of the field and no name where it stands; `rest` is what follows it."""
    parts = set(_bare(word).split("-"))
    if not parts <= _FIELD | _ALSO_NAMES and word not in _ABBREVIATIONS:
        return _IS_SHOUT.fullmatch(word) is not None and parts <= _PLAIN
    return not parts & _ALSO_NAMES or bool(parts & _BORNE) or _BEFORE_BORNE.match(rest) is not None


def _name_in(text: str, mine: frozenset[str]) -> Finding | None:
    """Given names anywhere, and two capital words in the middle of a sentence that are no words of the field.

    A word in capitals all through counts at the start of a sentence too.
    """
    before = ""
    starts = True
    for hit in _WORDS.finditer(text):
        word = hit.group()
        shout = _IS_SHOUT.fullmatch(word) is not None
        named = shout or _IS_CAPITAL.fullmatch(word) is not None
        unknown = named and not _is_known(word, mine) and not _of_field(word, text[hit.end() : hit.end() + 200])
        if unknown and _is_given(word):
            return Finding("name", word)
        if unknown and before:
            return Finding("name", f"{before} {word}")
        before = word if unknown and (shout or not starts) else ""
        starts = re.fullmatch(r"[.!?:;\n]+", word) is not None
    return None
