"""The panel that shares the app with a class."""

BUTTON = "Share with a class"
TITLE = "Share with a class"

ADDRESS = "Address to type"
OTHERS = "If it does not answer: {addresses}"
VIEW = "The QR code opens the view that you see here. As a link:"
QR = "QR code of {address}"
OPEN = """
Everyone in the same network can open the app and do everything that you can, training included. Each person has a
session of their own. If a phone gets no answer, the network may keep its devices apart, as guest networks do, or a
firewall on this machine may close port {port}. If the app runs in a container or behind a proxy, open it by its
public address: this panel then shows that address.
"""
PROXY = (
    "You opened the app by this address. Everyone who can reach it can open the app and do everything that you "
    "can, training included."
)

ALONE = """
**Only this machine can open this app now**: the server is bound to {bound}. To open it to your network, stop it (Ctrl
C) and start it with
"""
ALONE_AFTER = (
    "Then open this panel again: it shows the address and a QR code. Without that option, only this machine can "
    "open the app again."
)
NO_NETWORK = (
    "**The server is open to the network, but this machine is in no network.** Join the network of the room, then "
    "open this panel again."
)
