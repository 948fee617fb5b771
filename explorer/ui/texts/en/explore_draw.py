"""The explorer's tool Draw."""

WORDS = {
    "name": "Draw",
    "title": "Draw a digit, open a picture or pick a test image, and see what both models make of it",
    "pad": "Drawing pad",
    "pad_keys": (
        "Arrow keys move the cursor, with Shift faster. Hold Space to draw, or press Enter to put the pen down and "
        "again to lift it."
    ),
    "empty": "Draw here",
    "undo": "Undo",
    "clear": "Clear",
    "brush": "Brush",
    "open_picture": "Open picture…",
    "invert": "invert",
    "test_images": "Test images",
    "test_image": "Test image",
    "number": "Number of the test image",
    "dataset": "Dataset of the test images",
    "class_name": "Class of the test images",
    "before": "Previous test image",
    "after": "Next test image",
    "any": "Random",
    "any_title": "A random test image, of the class chosen",
    "of_class": "class",
    "all_classes": "all",
    "results": "What both models make of it",
    "head_reads": "input",
    "head_made": "output",
    "head_off": "difference",
    "head_off_title": (
        "Reconstruction minus input, pixel by pixel: −1, black instead of white; +1, white instead of black"
    ),
    "darker": "darker",
    "brighter": "brighter",
    "reads": "{name} reads",
    "made": "{name} reconstruction",
    "off": "{name} difference, reconstruction minus input",
    "becomes": "a {a} ({share} of {of} nearest codes), {bce}",
    "becomes_between": "a {a} or a {b} ({share} and {other} of {of} nearest codes), {bce}",
    "becomes_strange": "nothing like what it learnt, {bce}",
    "becomes_unnamed": "{bce}",
    "bce_typical": "BCE {bce} (typical {typical})",
    "bce": "BCE {bce}",
    "figures": "Codes and KL",
    "kl_of": "{name} KL of the drawing",
    "no_kl": "no KL: its encoder gives a point",
    "nats": "nats",
    "mark": "input",
    "to_probe": "Put the probe there",
    "to_probe_vae": "The probe becomes the q(z|x) of {name}: its μ and its log σ²",
    "to_probe_aae": "The probe's μ goes to the code of {name}; its log σ² stays",
    "pasted": "The pasted picture",
    "taken": "{name} is on the pad: draw on it, or undo.",
    "taken_whole": "The middle of {name} is on the pad, as the models' pictures are: draw on it, or undo.",
    "notices": {
        "animated": "{name} is animated: its first frame is on the pad.",
        "deep": "{name} has 16 bits a channel: it was read with 8.",
    },
    "refused": {
        "empty": "{name} is empty: choose a PNG, JPEG or WebP picture.",
        "heavy": "{name} is larger than 10 MB: save it smaller and open it again.",
        "gif": "{name} is a GIF: save the frame that you want as PNG, JPEG or WebP.",
        "foreign": "{name} is no PNG, JPEG or WebP picture, whatever its name says: choose one that is.",
        "truncated": "{name} ends too early, as after a download that broke off: fetch or save it again.",
        "damaged": "{name} is damaged and cannot be read: save it again, or choose another.",
        "undecodable": "{name} cannot be decoded by this browser: save it as an ordinary PNG or JPEG.",
        "cmyk": "{name} has printing colours (CMYK), of which browsers make different greys: save it as RGB or grey.",
        "vast": (
            "{name} has {width} × {height} pixels, {megapixels} megapixels; {most} are read at most: save it smaller."
        ),
        "blank": "{name} shows nothing that stands out from its border: choose a picture with a digit in its middle.",
    },
    "nothing_inverted": "Nothing stands out from the paper that way round: the picture stays as it was.",
    "laid": "{dataset} test image {row}, class {class}: draw on it and watch its code move.",
    "no_such_row": "Test images have the numbers 0 to {n}.",
    "no_original": "Test image {row} is marked on the maps, but cannot be shown: {why}.",
    "original_failed": "Test image {row} of {dataset} could not be loaded ({why}): try again, or draw.",
    "none_of_class": "There is no picture of class {class} here: choose another class.",
    "no_images": "No test images: {why}.",
    "forms": {
        "mnist": "Read as MNIST's digits are: larger side 20 pixels, centre of mass in the middle of 28 × 28.",
        "digits": "Read as scikit-learn's digits are: 32 × 32 pixels, black or white, ink counted in blocks of 4 × 4.",
        "fashion": (
            "Read as Fashion-MNIST's pictures are: margin trimmed, larger side 28 pixels, in the middle of 28 × 28."
        ),
        "whole": (
            "Read as the folder's pictures are: the middle square of a picture, in {side} × {side}. What is drawn is "
            "grey."
        ),
        "fitted": "Fitted into {side} × {side}: margin trimmed, larger side {side} pixels, in the middle.",
    },
    "two_forms": (
        "The models learnt from different datasets, so each gets the drawing in its own form. {left}: {left_form} "
        "{right}: {right_form}"
    ),
    "on_umap": (
        "A UMAP has no place for a new code. So its ten nearest codes are dotted, and the diamond stands on the most "
        "central of them."
    ),
    "how": "How a picture is brought into the models' form",
    "how_text": [
        (
            "An encoder knows only pictures like those it learnt from, so yours is made like them; “input” shows the "
            "result, pixel by pixel."
        ),
        (
            "<b>MNIST</b> (LeCun, Cortes and Burges): the box around the ink is scaled until its larger side has 20 "
            "pixels, with its aspect ratio kept; each new pixel is the mean of the area it covers, which gives the "
            "greys. Then it is moved by whole pixels until its centre of mass is at pixel 14 of 28 × 28, both across "
            "and down. An MNIST digit that is shifted and enlarged comes back as it was."
        ),
        (
            "<b>scikit-learn's digits</b> (Alpaydin and Kaynak): a bitmap of 32 × 32, black or white; in each block "
            "of 4 × 4 the pixels with ink are counted, 0 to 16. In that dataset the digits fill the height and leave "
            "the sides almost empty: here the height becomes 32 pixels, the width keeps its ratio up to 20."
        ),
        (
            "<b>Fashion-MNIST</b> (Xiao, Rasul and Vollgraf): the margin is trimmed, the larger side becomes 28 "
            "pixels, the aspect ratio is kept. Greys stay as they are. (Its authors also sharpened a little; this is "
            "left out.)"
        ),
        (
            "<b>A picture from a file</b> never leaves your browser. It becomes grey by its luminance. The median of "
            "its border is the paper; what differs from it by no more than eight times the border's typical deviation "
            "(in JPEG and most WebP files also: by no more than a tenth) is paper too. If the darkest grey is further "
            "from the paper than the lightest, it is dark on light and is inverted, which “invert” changes."
        ),
        (
            "<b>Both models</b> then encode it here, in the browser, at every move. The diamond is the code: for the "
            "VAE the mean of q(z|x), with its 1σ and 2σ ellipses (39 % and 86 % inside); the AAE's encoder gives a "
            "point. The thin line is the way that the code came while you drew. “output” is decoded at that point; "
            "the difference is reconstruction minus input; BCE is the cross-entropy between both, summed over pixels. "
            "KL is KL(q(z|x)‖N(0, I))."
        ),
        (
            "<b>The line above the pictures</b> names the class that most of the ten nearest codes of test images "
            "have, or the two most frequent classes. The typical BCE is the mean of the test images. Above twice the "
            "typical BCE, the drawing is called nothing like what the model learnt. Of the test images, at most 3 % "
            "have such a BCE."
        ),
    ],
}
