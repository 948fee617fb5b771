"""How a room is let in."""

BUTTON = "Share with a class"
TITLE = "Share with a class"

ADDRESS = "Address to type"
OTHERS = "If that one does not answer: {addresses}"
VIEW = "The QR code opens the view that you see here. As a link:"
QR = "QR code of {address}"
OPEN = """
Whoever is in the same network can open it, and do all that you can, trainings included; each has a session of their
own. If a phone gets no answer, the network may keep devices apart (guest networks do), or a firewall on this machine
may close port {port}. If the app runs in a container or behind a proxy, open it by its public address: this panel then
shows that one.
"""
PROXY = "You came here by this address; whoever can reach it can open it, and do all that you can, trainings included."

ALONE = """
**Only this machine can open this app now**: the server is bound to {bound}. To let in whoever is in your network, stop
it (Ctrl C) and start it on purpose with
"""
ALONE_AFTER = (
    "Then open this panel again: it shows the address and a QR code. Without that option it is for this machine alone "
    "again."
)
NO_NETWORK = (
    "**The server is open to the network, but this machine has no address in one.** Join the room's network, then "
    "open this panel again."
)
