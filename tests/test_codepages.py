"""Every code page that x3270 documents is there, shows what its page says, and can be typed back."""

import pytest

from app.errors import BadInput
from app.screen.model import HARMLESS, NULL
from app.tn3270.apl import APL_SHOWN
from app.tn3270.codepages import ALIASES, code_page, names

DOCUMENTED = [
    "037", "273", "275", "277", "278", "280", "284", "285", "297", "424", "500", "803", "870", "871", "875", "880", "930", "933",
    "935", "937", "939", "1026", "1047", "1123", "1140", "1141", "1142", "1143", "1144", "1145", "1146", "1147", "1148", "1149",
    "1158", "1160", "1364", "1371", "1388", "1390", "1399", "bracket",
]  # fmt: skip
DOUBLE = ["930", "933", "935", "937", "939", "1364", "1371", "1388", "1390", "1399"]


@pytest.mark.parametrize("name", DOCUMENTED)
def test_a_documented_page_is_there_and_what_it_types_it_shows(name: str):
    page = code_page(name)
    assert len(page.shown) == 256 and page.shown[0] == NULL and page.shown[0x40] == " "
    assert all(page.shown[byte] == character for character, byte in page.typed.items())
    assert "".join(page.shown[byte] for byte in (0xF0, 0xF9, 0xC1, 0xE9)) == "09AZ"


def test_no_page_shows_what_steers_a_terminal():
    for name in names():
        page = code_page(name)
        assert all(c.isprintable() or c in (NULL, *HARMLESS) for c in page.shown)
        assert all(len(c) == 1 and (c.isprintable() or c == "\u3000" or "\ue000" <= c <= "\uf8ff") for c in (page.double or {}).values())
    assert all(c.isprintable() for c in APL_SHOWN) and len(APL_SHOWN) == 256


@pytest.mark.parametrize(
    ("name", "bytes_", "text"),
    [
        ("cp037", "4aadbd", "¢Ý¨"),
        ("bracket", "adbdbabb", "[]Ý¨"),
        ("cp273", "4ac05aa1", "ÄäÜß"),
        ("german-euro", "9f", "€"),
        ("cp1140", "9f", "€"),
        ("1047", "adbd", "[]"),
        ("uk", "5b", "£"),
        ("hebrew", "41", "א"),
        ("cp1025", "dc", "П"),
        ("thai", "42", "ก"),
        ("cp275", "5a5b", "$Ç"),
        ("930", "81c1", "ｱA"),
    ],
)
def test_a_byte_shows_as_its_page_says(name: str, bytes_: str, text: str):
    assert "".join(code_page(name).shown[byte] for byte in bytes.fromhex(bytes_)) == text


@pytest.mark.parametrize("name", DOUBLE)
def test_a_page_of_pairs_shows_and_types_its_characters(name: str):
    page = code_page(name)
    assert page.double and page.double_typed and page.double_character_set
    assert page.double[0x4040] == "\u3000"
    assert len(page.double) > 9000
    assert all(page.double[code] == character for character, code in page.double_typed.items())


@pytest.mark.parametrize(
    ("name", "code", "character"),
    [
        ("930", 0x4562, "日"),
        ("939", 0x4562, "日"),
        ("1399", 0x4562, "日"),
        ("933", 0x8861, "가"),
        ("1364", 0x8861, "가"),
        ("935", 0x4F5D, None),
        ("937", 0x4C41, "一"),
    ],
)
def test_a_pair_is_its_character(name: str, code: int, character: str | None):
    page = code_page(name)
    assert page.double and page.double_typed
    assert page.double[code] == character if character else page.double[page.double_typed["中"]] == "中"


def test_the_extended_japanese_pages_have_characters_beyond_the_basic_plane():
    page = code_page("1390")
    assert page.double and any(ord(character) > 0xFFFF for character in page.double.values())


@pytest.mark.parametrize("alias", sorted(ALIASES))
def test_an_alias_of_x3270_names_a_page(alias: str):
    assert code_page(alias) is code_page(ALIASES[alias])


def test_a_page_has_many_spellings():
    assert code_page("cp037") is code_page("37") is code_page("IBM-037") is code_page("us")


@pytest.mark.parametrize("name", ["", "cp850", "utf-8", "cp1252", "../../etc/passwd", "cp9999"])
def test_what_is_no_ebcdic_page_is_refused_with_the_list(name: str):
    with pytest.raises(BadInput, match="There are: .*bracket"):
        code_page(name)


def test_the_query_reply_names_the_sets_that_s3270_names():
    assert code_page("037").character_set == 0x02B90025
    assert code_page("1140").character_set == 0x02B70474
    page = code_page("930")
    assert (page.character_set, page.double_character_set) == (0x04940122, 0x0172012C)
