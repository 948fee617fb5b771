"""The explorer's tool Export."""

from explorer.ui.texts.en.common import TITLE

WORDS = {
    "app": TITLE,
    "name": "Export",
    "title": "Pictures, codes, a link, or this view as one file",
    "maps": "Maps",
    "map": "{name} map",
    "map_note": "As seen: zoom, classes and probe. PNG in twice the size; SVG holds every code as a circle.",
    "pictures": "Pictures",
    "which": "Which decoded pictures",
    "all_four": "all four",
    "at_mean": "{name} at μ",
    "at_z": "{name} at z",
    "codes": "Codes",
    "both": "both, by image",
    "codes_note": (
        "CSV: a row for each test image, with its class. Latent coordinates have no unit; log_var is log σ²; KL in "
        "nats."
    ),
    "codes_apart": "The models saw different datasets: their codes do not stand side by side.",
    "link": "Link",
    "address": "Address of this view",
    "copy": "Copy",
    "copied": "The address is copied.",
    "copy_yourself": "The address is selected: press Ctrl C (⌘ C), or hold it with a finger, to copy it.",
    "reopens": (
        "Reopens models, probe, ε and marked image, and what the tools write into the address; not zoom or hidden "
        "classes."
    ),
    "local": "This address is of this computer only: nobody else can open it.",
    "fresh": "The page from its start",
    "in_file_link": (
        "The address of this file holds the view; a copy of the file opens it with the same end, from # on."
    ),
    "file": "One file",
    "make": "Make the file",
    "file_note": (
        "This view as one HTML file, about {size} MB: a double-click opens it, with no server and no network. Both "
        "models are in it, decoders and encoders."
    ),
    "file_note_originals": "It also holds some original test images.",
    "in_file": "You are in such a file: to share it, copy it.",
    "making": "Fetching and packing: {done} of {all}",
    "cancel": "Cancel",
    "cancelled": "Cancelled: nothing was saved.",
    "saved": "{file} ({size} MB) goes to your downloads.",
    "no_compression": "this browser cannot compress; use one from 2023 or later",
    "not_fetched": "{what} could not be fetched (HTTP {status})",
    "no_network": "the server did not answer",
    "failed": "{what} could not be made: {why}. Try again; if it fails again, reload the page.",
    # in the pictures
    "map_title": "{name} · {dataset} · {points}",
    "points_means": "means of q(z|x)",
    "points_sampled": "one z of each q(z|x)",
    "points_codes": "codes",
    "views": {
        "umap": "UMAP of the codes",
        "pca": "first two principal components of the codes, {share} of their variance",
        "made_umap": "UMAP of the codes (n_neighbors {neighbours}, min_dist {distance})",
        "made_pixels": "UMAP of the raw pixels (n_neighbors {neighbours}, min_dist {distance})",
    },
    "view_axes": {"umap": "UMAP", "pca": "PCA", "pixels": "UMAP"},
    "caption_model": (
        "{model}: {kind}, trained on {dataset} with seed {seed}, prior {prior}. Shown: {points} of {images} test "
        "images, {colour}{hidden}."
    ),
    "coloured_by": {
        "class": "coloured by class",
        "kl": "coloured by KL(q(z|x)‖N(0, I)), nats",
        "error": "coloured by BCE of the image decoded at its code, nats",
        "judgement": "coloured by D at the code",
        "density": "coloured by the log density of codes there, nats",
        "none": "in grey: the numbers for the colours are not known",
    },
    "caption_underlay": "Beneath: {under}.",
    "underlays": {
        "quantiles": "pictures decoded at the prior's quantiles",
        "grid": "pictures decoded on a plain grid",
        "density": "density of the codes",
        "ratio": "log of the density of codes over that of the prior",
        "pictures": "pictures decoded on a plain grid",
        "D": "the discriminator's D",
        "stretch": "largest singular value of the decoder's Jacobian",
    },
    "caption_hidden": "; without {classes}",
    "caption_rings": "Dashed: 39 %, 86 % and 99 % of N(0, I) lie inside.",
    "caption_shape": "Dashed: the prior, 1σ and 2σ of each Gaussian.",
    "caption_band": "Dashed: the middle of the prior, in a band of ± 2σ.",
    "caption_probe": (
        "Probe μ = {mean}, σ = {std}, z = {z}; ellipses at 1σ and 2σ hold 39 % and 86 %; its KL from N(0, I) is {kl} "
        "nats."
    ),
    "caption_views": dict.fromkeys(("umap", "pixels"), "Near stays near, distances do not count.")
    | {"pca": "Seen straight on: what lies along the other directions falls together."},
    "caption_pictures": (
        "What the decoders of {models} make of μ = {mean} and of z = μ + σ ε = {z}, with σ = {std}. White is 1, black "
        "is 0. KL of N(μ, σ²) from N(0, I): {kl} nats."
    ),
    "model_seed": "{model} (seed {seed})",
    "beside": "{left} beside {right}",
    "made_picture": "{title}, {date}",
    # in the file
    "file_made": "Made with {title} on {date}. {left}; {right}.",
    "file_model": "{name}: {model}, {kind} on {dataset}, prior {prior}, seed {seed}",
    "file_holds": "What is in this file",
    "file_inside": (
        "Everything here is computed in this file, which asks no server for anything. In it are the encoders and "
        "decoders of both models (weights in half precision, as in the app), the codes of all test images, "
        "{recordings}, the tools, and Plotly. The colours are those of the theme in which it was made. The address of "
        "this page, from # on, follows the view."
    ),
    "file_recordings": "the recorded trainings",
    "file_no_recordings": "no recorded training",
    "file_missing": (
        "Not in it: other models, other pages of the app, zoom and hidden classes{originals}{errors}{recordings}."
    ),
    "file_missing_originals": ", other original pictures",
    "file_missing_errors": ", each image's error",
    "file_missing_recordings": ", and recorded trainings that would have made it larger than {limit} MB",
    "file_no_recording": "No recording of {name} is in this file: its map shows the finished model.",
    "file_nothing_recorded": "No recorded training is in this file.",
    "file_originals": "Also in it: {count} original test images of {dataset}: those that were looked at before "
    "the file was made, and some of each class.",
    "file_no_original": "this original picture is not in the file",
    "file_no_originals": "the original pictures are not in this file",
    "file_no_errors": "the errors are not in this file",
    "credits": {
        "mnist": "MNIST: Yann LeCun and Corinna Cortes, CC BY-SA 3.0 (creativecommons.org/licenses/by-sa/3.0).",
        "fashion-mnist": "Fashion-MNIST: © 2017 Zalando SE, MIT licence (github.com/zalandoresearch/fashion-mnist).",
        "kmnist": "KMNIST: created by CODH, adapted from the Kuzushiji Dataset by NIJL and others, "
        "CC BY-SA 4.0 (codh.rois.ac.jp/kmnist).",
        "digits": "Digits: E. Alpaydin and C. Kaynak, UCI Machine Learning Repository, CC BY 4.0.",
    },
    "file_too_old": (
        "This browser is too old for this file: open it with Chromium, Chrome, Edge or Firefox from 2023 or later, or "
        "Safari 16.4 or later."
    ),
    "file_no_scripts": "This file needs JavaScript, which is switched off here: allow it, and open the file again.",
}
