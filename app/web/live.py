"""/live: what concerns a user on whatever page: runs' progress, sessions opening and ending. Takes nothing but a wish to hear it again."""

from app.broker.names import user_channel
from app.errors import BadInput
from app.messages import Repaint, RunProgress, from_page
from app.store import runs
from app.web.asking import Asker
from app.web.pump import Pump, socket_of
from app.web.socket import FLOODED, SafeServer
from app.web.terminal import sock


class Live(Pump):
    """One page of a user."""

    def __init__(self, ws: SafeServer, asker: Asker) -> None:
        super().__init__(ws, asker, user_channel(asker.user.id))

    def repaint(self) -> None:
        """Messages were missed: where each run of the user is that was begun lately."""
        for run in runs.of_owner(self.asker.user.id, limit=50)[0]:
            self.send(RunProgress(run.id, run.status, run.total, run.counts, finished=run.finished))

    def received(self, text: str) -> None:
        try:
            message = from_page(text)
        except BadInput:
            message = None
        if isinstance(message, Repaint):
            self.mailbox.mark_stale()
        else:
            self.ws.close(FLOODED, "this socket only tells")


@sock.route("/live")  # type: ignore[untyped-decorator]
@socket_of("live")
def live(ws: SafeServer, asker: Asker) -> None:
    Live(ws, asker).run()
