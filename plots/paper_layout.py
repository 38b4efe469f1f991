"""What the paper's figures have in common: a heading, a legend below it, where numbers come from."""

import style

HEADING_INCHES, LEGEND_INCHES, NOTE_INCHES = 0.42, 0.34, 0.22


def finish(canvas, figure, out, handles=(), text=""):
    """Writes the figure; what it says of itself stands in the note. Returns the files."""
    height = canvas.get_figheight()
    canvas.text(0.008, 1 - 0.1 / height, figure.heading(), ha="left", va="top", fontsize=13)
    top = HEADING_INCHES
    if handles:
        canvas.legend(handles=list(handles), loc="upper left", ncol=len(handles), frameon=False,
                      bbox_to_anchor=(0.003, 1 - 0.34 / height), handlelength=2.8,
                      columnspacing=1.3)
        top += LEGEND_INCHES
    style.note(canvas, "; ".join(filter(None, (text, figure.origin()))))
    canvas.tight_layout(rect=(0, NOTE_INCHES / height, 1, 1 - top / height))
    return style.save(canvas, out, figure.name)
