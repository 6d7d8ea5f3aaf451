"""Names for people who do not exist. Pure."""

from random import Random

GIVEN = (
    "ADA", "ALAN", "BARBARA", "CARLOS", "CHIARA", "DENNIS", "EDITH", "FATIMA", "GEORGE", "GRACE", "HANNAH", "HIRO",
    "INGRID", "IVAN", "JAMAL", "JOAN", "KATRIN", "KEN", "LEILA", "LINUS", "MARGARET", "MAYA", "NIKLAUS", "NORA", "OMAR",
    "PAULA", "QUENTIN", "RADIA", "ROSA", "SVEN", "TARO", "URSULA", "VERA", "WANDA", "YUSUF", "ZOE",
)
FAMILY = (
    "ADAMS", "BAKKER", "BIANCHI", "CARTER", "CHEN", "DIAZ", "DUBOIS", "ELLIS", "FISCHER", "GARCIA", "HAMILTON",
    "HOPPER", "IBRAHIM", "JANSEN", "JOHNSON", "KELLER", "KOWALSKI", "LAMARR", "LIU", "LOVELACE", "MARTIN", "MEYER",
    "NAKAMURA", "NOVAK", "OKAFOR", "OLSEN", "PATEL", "PERLMAN", "QUINN", "ROSSI", "SATO", "SCHMIDT", "TANAKA", "TURING",
    "VOGEL", "WEBER", "WIRTH", "YILMAZ", "ZIMMERMANN",
)


def a_person(random: Random) -> str:
    """A given and a family name, in capitals, at most 24 characters."""
    return f"{random.choice(GIVEN)} {random.choice(FAMILY)}"
