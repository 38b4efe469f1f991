"""Colours of methods, codecs and kinds of work, for figures and reports alike. A look is a colour, a
marker of matplotlib, and dashes: who does not see all colours tells them apart by the others."""

# Okabe and Ito, "Color Universal Design" (2008).
BLACK, ORANGE, SKY, GREEN, YELLOW, BLUE, RED, PURPLE = (
    "#000000", "#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7")

# The same method looks the same in every figure; others take what is left, in order.
METHODS = {
    "single": (BLACK, "o", (0, (5, 2))),
    "even": (ORANGE, "s", (0, (1, 1.2))),
    "pipedream": (SKY, "^", (0, (4, 1.5, 1, 1.5))),
    "ftpipehd": (RED, "D", (0, (2.5, 1.2))),
    "ftpipehd+codec": (BLUE, "v", "solid"),
    "accept": (GREEN, "P", "solid"),
    "accept-no-codec": (BLUE, "h", (0, (2.5, 1.2))),
    "accept-no-predictor": (PURPLE, "X", (0, (5, 2))),
}
_OTHERS = [(GREEN, "P", "solid"), (PURPLE, "X", (0, (5, 2))), (RED, "<", (0, (1, 1.2))),
           (ORANGE, ">", "solid"), (SKY, "h", (0, (2.5, 1.2))), (BLACK, "*", "solid")]

# Colours by scheme, dashes and markers by variant; a family is a codec's name without its bits.
CODEC_FAMILIES = {
    "uniform": (BLACK, "o", "solid"),
    "uniform-clip": (BLACK, "s", (0, (2.5, 1.2))),
    "suq": (RED, "^", "solid"),
    "suq-clip": (RED, "v", (0, (2.5, 1.2))),
    "mbq": (BLUE, "D", "solid"),
    "mbq-no-offset": (SKY, "P", (0, (2.5, 1.2))),
    "mbq-greedy": (ORANGE, "X", (0, (5, 2))),
}

# Okabe-Ito hues, light ones where text stands on them; the hatch tells them apart in grey.
KINDS = {
    "forward": ("#56B4E9", ""),
    "backward": ("#0072B2", ""),
    "update": ("#000000", ""),
    "codec": ("#E69F00", "////"),
    "activation": ("#8AD1BA", ""),
    "gradient": ("#009E73", ""),
    "drain": ("#F0E442", "...."),
    "move": ("#CC79A7", ""),
    "other message": ("#BBBBBB", ""),
}


def styles_of(names, known=None):
    """Look per name: of the known ones (default: METHODS) their own, of others what is left."""
    known = METHODS if known is None else known
    others = iter(_OTHERS * (1 + len(names) // len(_OTHERS)))
    return {name: known[name] if name in known else next(others) for name in names}
