"""The APL set that Graphic Escape brings (code page 310). A table."""

import tnz.cp310

APL_SHOWN = "".join(c if c.isprintable() else " " for c in tnz.cp310.DECODING_TABLE)
