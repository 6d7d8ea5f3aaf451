"""How the mock mainframe's screens look on a 3279: colours, the head of each screen, messages and the key legend. No behaviour."""

from mfmock import COLOR_STYLES, DEFAULT_THEME, Application, Conversation, Layout, Message, Screen, Severity
from mfmock.core.ui.style import Color, Highlight, Intensity, Style

THEME = DEFAULT_THEME.extend(
    **COLOR_STYLES,
    label=Style(Intensity.NORMAL, Color.BLUE),
    data=Style(Intensity.NORMAL, Color.TURQUOISE),
    strong=Style(Intensity.BRIGHT, Color.WHITE),
    option=Style(Intensity.BRIGHT, Color.WHITE),
    hidden=Style(Intensity.HIDDEN, Color.GREEN, Highlight.UNDERSCORE),
    msg_info=Style(Intensity.BRIGHT, Color.WHITE),
    pfkeys=Style(Intensity.NORMAL, Color.BLUE),
)


def info(text: str) -> Message:
    """A message in white."""
    return Message(text, Severity.INFO)


def error(text: str) -> Message:
    """A message in red, with the alarm."""
    return Message(text, Severity.ERROR)


class HostScreen(Screen):
    """A screen that draws itself: `draw` puts the parts between head and message line on the layout.

    `full_size` screens are written with Erase/Write Alternate on a terminal larger than model 2, all others are 24x80.
    """

    map: str = ""  # its name in the upper left corner, as BMS maps show it
    legend: str = "PF3=MENU"
    full_size: bool = False

    @classmethod
    def draw(cls, page: Layout) -> None:
        raise NotImplementedError

    @classmethod
    def keys(cls) -> str:
        """The key legend of this variant."""
        return str(cls.layout_variables.get("legend", cls.legend))


class HeadAndFoot:
    """The mfmock frame around each HostScreen: map, title, date, user, LU, time; messages in the last row but one, keys in the last."""

    def build(self, app: Application, screen: type[Screen], L: Layout) -> None:
        assert issubclass(screen, HostScreen)
        L.command_field = None
        if screen.title:
            self._head(screen, L)
        screen.draw(L)
        if "msg" not in L.fields:
            L.output("msg", L.rows - 1, 2, L.cols - 2, style="msg_info")
        L.text(L.rows, 2, screen.keys(), "pfkeys")

    def _head(self, screen: type[HostScreen], page: Layout) -> None:
        page.text(1, 2, screen.map, "label")
        page.center(1, screen.title, "title")
        page.output("head_date", 1, page.cols - 10, 10, style="label")
        page.output("head_user", 2, 2, 20, style="label")
        page.output("head_lu", 2, 36, 11, style="label")
        page.output("head_time", 2, page.cols - 10, 8, style="label")
        page.text(3, 2, "-" * (page.cols - 2), "label")

    def values(self, conversation: Conversation) -> dict[str, str]:
        now = conversation.app.clock()
        user = conversation.app.user_label(conversation)
        return {
            "head_date": now.strftime("%Y-%m-%d"),
            "head_time": now.strftime("%H:%M:%S"),
            "head_user": f"USER {user}" if user else str(getattr(conversation.app, "sysid", "")),
            "head_lu": f"LU {conversation.device_name}",
        }


def dotted(page: Layout, row: int, label: str, name: str, length: int = 40, col: int = 4, width: int = 18) -> None:
    """`LABEL . . . . : value`, the way panels show what can't be typed over."""
    dots = "".join("." if (width - i) % 2 else " " for i in range(len(label) + 1, width))
    page.text(row, col, f"{label} {dots} :", "label")
    page.output(name, row, col + width + 3, length)
