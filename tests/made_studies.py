"""Three studies as people bring them in Excel files, made from a seed; nobody wrote or said these texts.

Post-its that are sorted already, interview answers with a codebook, and two coders' finished sheets.
"""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

from openpyxl import Workbook, load_workbook

from sekom_analysis.study.codebook_words import made_id

# --- sixty post-its about cycling to work, with a title above, a sum below and a column that sorts them -----

POST_ITS = {
    "Vägar": [
        "Cykelbanan tar slut vid bron",
        "Gruset ligger kvar till maj",
        "Rotet i korsningen vid stationen",
        "Plogbilen lägger snön på cykelbanan",
        "Asfalten är full av hål",
    ],
    "Parkering": [
        "Det finns inget tak över cyklarna",
        "Ställen är fulla klockan åtta",
        "Cykeln blev stulen i våras",
        "Det går inte att låsa fast ramen",
        "Lådcykeln får inte plats",
    ],
    "Tid": [
        "Det tar tio minuter längre än bilen",
        "Jag hinner inte hämta på förskolan",
        "Mötena börjar för tidigt",
        "Bussen går ändå var tionde minut",
        "Restiden räknas inte som träning",
    ],
    "Arbetsplatsen": [
        "Duschen är ett förråd numera",
        "Ingen plats att torka kläder",
        "Chefen cyklar själv varje dag",
        "Tjänstecyklarna är alltid utlånade",
        "Friskvårdsbidraget räcker till service",
    ],
    "Väder": [
        "Regn från sidan hela oktober",
        "Motvind åt båda hållen",
        "Det är mörkt när jag åker hem",
        "Dubbdäck gör stor skillnad",
        "Vackra morgnar är bästa skälet",
    ],
    "Vanor": [
        "Jag har alltid tagit bilen",
        "Grannen och jag cyklar ihop",
        "Barnen vill cykla, det hjälper",
        "En vecka på prov fick mig att börja",
        "Det är lättare när flera gör det",
    ],
}
ENDINGS = ("", ", särskilt på vintern")


def post_its(path: Path, seed: int = 1, column: str = "Kategori") -> list[tuple[str, str]]:
    """Write sixty post-its as a workshop leader keeps them; return text and category in the file's order."""
    random = Random(seed)
    notes = [(text + end, name) for name, texts in POST_ITS.items() for text in texts for end in ENDINGS]
    random.shuffle(notes)
    book = Workbook()
    sheet = book.active
    sheet.append(["Cykla till jobbet: lapparna från workshoppen i mars"])
    sheet.append([])
    sheet.append(["Bord", "Lapp", column])
    for number, (text, name) in enumerate(notes):
        if number in (20, 40):
            sheet.append([])  # a blank row between the tables
        sheet.append([number // 20 + 1, text, name])
    sheet.append([])
    sheet.append(["Summa", "60 lappar"])
    book.save(path)
    return notes


# --- three hundred interview answers about working from home, with a role for each respondent ---------------

THEMES = {
    "Restid": ["Jag slipper pendla och får tillbaka nästan två timmar om dagen.",
               "Resan var det jag tyckte sämst om, och den saknar jag inte alls.",
               "När tågen står stilla märks det inte längre i min kalender."],
    "Arbetsro": ["Hemma kan jag stänga dörren och läsa en text från början till slut.",
                 "Det är tyst på förmiddagarna, och då får jag det svåra gjort.",
                 "I kontorslandskapet blev jag avbruten var femte minut."],
    "Ensamhet": ["Vissa veckor har jag knappt talat med någon utanför familjen.",
                 "Det blir tomt när skärmen slocknar och ingen frågar hur det gick.",
                 "Jag saknar det lilla pratet vid kaffemaskinen mer än jag trodde."],
    "Teknik": ["Uppkopplingen bryts när alla i huset är hemma samtidigt.",
               "Det tog en månad innan jag fick en skärm som gick att arbeta vid.",
               "Programmen är bra, men ingen har visat hur de ska användas."],
    "Möten": ["Mötena är kortare nu och har nästan alltid en dagordning.",
              "Det är svårt att komma till tals när tolv personer är med på länk.",
              "Hälften i rummet och hälften på skärmen är det sämsta av allt."],
    "Ledning": ["Min chef hör av sig varje fredag, och det betyder mycket.",
                "Ingen har sagt vad som egentligen förväntas av oss hemma.",
                "Beslutet om antalet dagar kom utan att någon hade frågat oss."],
    "Familj": ["Jag hinner äta frukost med barnen innan de går till skolan.",
               "När barnen är sjuka kan jag arbeta en halv dag i stället för ingen.",
               "Min sambo arbetar också hemma, och vi turas om med köksbordet."],
    "Gränser": ["Arbetsdagen tar inte slut; datorn står där hela kvällen.",
                "Jag svarar på mejl vid tio, fast ingen har bett mig om det.",
                "Det hjälper att gå ett varv runt kvarteret före och efter arbetet."],
    "Hälsa": ["Ryggen mår sämre av köksstolen än av den jag hade på kontoret.",
              "Jag tränar på lunchen, vilket aldrig blev av tidigare.",
              "Jag sover längre på morgonen och är mindre trött på kvällen."],
    "Lärande": ["Nya kollegor får inte se hur vi andra gör och frågar sällan.",
                "Förr lärde jag mig mycket av att lyssna på samtal runt omkring.",
                "Vi har börjat spela in korta genomgångar, och de används."],
    "Samarbete": ["Vi delar dokument på ett annat sätt, och det går fortare.",
                  "Det som krävde två minuter i korridoren kräver nu ett bokat möte.",
                  "I vår grupp har vi bestämt två dagar då alla är på plats."],
    "Kostnader": ["Elen och kaffet betalar jag själv, men det är mindre än tågkortet.",
                  "Vi kunde flytta till ett billigare hus längre bort.",
                  "Arbetsgivaren sparar lokaler, och det borde märkas för oss."],
}  # fmt: skip
FILLERS = [
    "Det är i alla fall så jag ser på saken i dag.",
    "Jag har tänkt en del på det sedan förra gången vi talades vid.",
    "Sedan är det klart att veckorna ser olika ut, och att det beror på vad som ligger på bordet.",
    "Om jag jämför med hur det var för fem år sedan är skillnaden större än jag hade kunnat tro.",
    "Andra på min avdelning skulle säkert svara på ett annat sätt, men jag kan bara tala för mig själv.",
    "För det mesta fungerar det, och när det inte gör det brukar vi hitta en lösning till nästa vecka.",
    "Det här låter kanske som en småsak, men i vardagen är det sådant som avgör hur dagen blir.",
]
QUESTIONS = ("Vad fungerar bra hemma?", "Vad fungerar mindre bra?")
ROLES = ("handläggare", "lärare", "enhetschef")


def _answer(random: Random, themes: list[str], n_words: int) -> str:
    """An answer of about so many words that speaks of these themes."""
    said = [sentence for name in themes for sentence in random.sample(THEMES[name], random.randint(1, 3))]
    while sum(len(sentence.split()) for sentence in said) < n_words:
        said.insert(random.randrange(len(said) + 1), random.choice(FILLERS))
    return " ".join(said)


def interviews(path: Path, seed: int = 2) -> list[dict[str, Any]]:
    """Write 150 respondents' answers to two questions; return for each answer its themes and its tone."""
    random = Random(seed)
    book = Workbook()
    sheet = book.active
    sheet.append(["Respondent", "Roll", *QUESTIONS])
    answers = []
    for number in range(1, 151):
        cells: list[str] = []
        for place in range(2):
            themes = sorted(random.sample(list(THEMES), random.choice((1, 2, 2, 3))))
            text = _answer(random, themes, random.randint(50, 385))
            tone = max(-3, min(3, round(random.gauss((1.5, -1.5)[place], 1))))
            answers.append({"text": text, "themes": themes, "tone": tone})
            cells.append(text)
        sheet.append([f"R{number:03d}", ROLES[number % 3], *cells])
    book.save(path)
    return answers


CODEBOOK_HEAD = ["Variabel", "Typ", "Fråga", "Kod", "Etikett", "Definition", "Inte hit", "Skala"]


def codebook(path: Path) -> None:
    """Write the codebook for the interviews as the guide shows one: a row for each code."""
    book = Workbook()
    sheet = book.active
    sheet.append(CODEBOOK_HEAD)
    question = "Vilka av dessa tar svaret upp?"
    for number, (name, sentences) in enumerate(THEMES.items()):
        first = ["Teman", "flera", question] if not number else [None, None, None]
        sheet.append([*first, None, name, f"Som i: {sentences[0]}", None, None])
    scale = "−3 Mycket negativt … 3 Mycket positivt"
    sheet.append(["Hållning", "skala", "Hur talar svaret om arbetet hemma?", None, None, None, None, scale])
    book.save(path)


def heard(random: Random, answer: dict[str, Any]) -> tuple[list[str], int]:
    """What one coder hears in an answer: mostly what is there, sometimes another theme or another tone."""
    themes = [name for name in answer["themes"] if random.random() > 0.1]
    if random.random() < 0.1:
        themes = sorted({*themes, random.choice(list(THEMES))})
    return themes, max(-3, min(3, answer["tone"] + random.choice((0, 0, 0, 0, -1, 1))))


# --- two coders' finished sheets of the same eighty answers -------------------------------------------------


def finished(folder: Path, seed: int = 3, word: str = "Kod") -> dict[str, list[frozenset[str]]]:
    """Write anna.xlsx and bo.xlsx, with up to three codes in numbered columns; return who chose what."""
    random = Random(seed)
    answers = []
    for _ in range(80):
        themes = sorted(random.sample(list(THEMES)[:8], random.choice((1, 1, 2, 3))))
        answers.append({"text": _answer(random, themes, 20), "themes": themes, "tone": 0})
    chosen: dict[str, list[frozenset[str]]] = {}
    for coder in ("anna", "bo"):
        book = Workbook()
        sheet = book.active
        sheet.append(["Nr", "Svar", *(f"{word} {n}" for n in (1, 2, 3))])
        chosen[coder] = []
        for number, answer in enumerate(answers, start=1):
            codes = heard(random, answer)[0][:3] or answer["themes"][:1]
            sheet.append([number, answer["text"], *codes])
            chosen[coder].append(frozenset(codes))
        book.save(folder / f"{coder}.xlsx")
    return chosen


# --- what coders write into the sheets that `sekom sheet` makes ---------------------------------------------


def fill(path: Path, said: dict[str, dict[str, Any]]) -> None:
    """Write a coder's answers into their sheet: text -> the hidden mark of a column -> what is typed."""
    book = load_workbook(path)
    [sheet] = [one for one in book.worksheets if any(cell.value == "sekom/text" for cell in one[4])]
    columns = {cell.value: cell.column for cell in sheet[4]}
    for row in range(6, sheet.max_row + 1):
        for mark, typed in said[sheet.cell(row, columns["sekom/text"]).value].items():
            sheet.cell(row, columns[mark]).value = typed
    book.save(path)


def id_of(name: str) -> str:
    """Return the id that is made of a code's label."""
    return made_id(name, (), "x")


def sorted_again(notes: list[tuple[str, str]], seed: int) -> dict[str, str]:
    """Return a coder's own sorting of the post-its: mostly as they were sorted, by the labels."""
    random = Random(seed)
    return {text: name if random.random() > 0.2 else random.choice(list(POST_ITS)) for text, name in notes}


def interview_marks(themes: list[str], tone: int) -> dict[str, Any]:
    """Return what a coder types for one interview answer."""
    marks = {f"teman/code/{id_of(name)}": "x" for name in themes} or {"teman/none": "x"}
    return {**marks, "hallning/answer": tone}
