"""What all pages show of a dataset that is not on the server, and of its download."""

WORDS = {
    "missing": "The pictures of {dataset} are not on the server; everything else works without them.",
    "missing_training": "The training images of {dataset} are not on the server.",
    "no_pictures": "the pictures of {dataset} are not on the server",
    "fetch": "Fetch {dataset} ({size} MB)",
    "fetching": "Fetching {dataset}: {done} of {total} MB",
    "busy": "The server is fetching another dataset: try again when it is done.",
    "cancelled": "Cancelled. Nothing was saved.",
    "fetched": "{dataset} is on the server now.",
    "server_silent": "The server did not answer ({why}): try again.",
    "cancel": "Cancel",
    "progress": "Progress of the download",
}
