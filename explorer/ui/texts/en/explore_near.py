"""The explorer's tool Neighbours."""

WORDS = {
    "name": "Neighbours",
    "title": "The nearest codes in both models, regions of the map, and images found by class, error or KL",
    "views": "What to look for",
    "side": "in",
    "side_title": "The model that is asked. A click on a map asks that map's model.",
    "map": "Enter or Space: neighbours of the probe in this model. L: lasso.",
    "left_out": "Classes {classes} are switched off in the legend, and left out here.",
    "left_out_one": "Class {classes} is switched off in the legend, and left out here.",
    "failed": "What lies near could not be shown",
    "no_originals": "Original pictures could not be shown: {why}.",
    "no_errors": "The errors are not known: {why}.",
    "neighbours": {
        "name": "Neighbours",
        "title": "The nearest codes in both models. Click a map, or move the probe.",
        "count": "nearest",
        "at_probe": "At the probe",
        "at_probe_title": "Neighbours go with the probe. After a click on a picture they stay where they were.",
        "around_probe": "around the probe's μ {point}",
        "around_point": "around {point}",
        "in_all": "in all {dimensions} dimensions",
        "around_code": "around the code of image {image}",
        "around_same": "around its own code of image {image}, the nearest above",
        "means": "Codes here are means, not the map's samples.",
        "most_of_class": "most are {class}, {most} of {count}",
        "all_of_class": "all {count} are {class}",
        "shared": "{shared} of {count} are the same images in both models, image {image} itself among them (framed).",
        "rows": (
            "Above: decoded at the image's code; below: the original. Beneath: class, distance between codes. Rings "
            "and squares on the maps are the two lists."
        ),
        "rows_decoded": (
            "Decoded at the images' codes; beneath: class, distance between codes. On the maps, rings mark the first "
            "list, squares the second."
        ),
        "other_dataset": "{name} saw another dataset, {dataset}: it has no code of these images.",
        "nothing": "All classes are switched off in the legend: there is nothing to find.",
        "thumb": "Image {image}, class {class}, distance {distance} in {name}",
        "thumb_shared": "Image {image}, class {class}, distance {distance} in {name}; a neighbour in both models",
    },
    "region": {
        "name": "Region",
        "title": "Draw around codes on a map, or take those around the probe: classes, mean picture, table, CSV",
        "lasso": "Lasso (L)",
        "lasso_title": "Then draw around codes on either map. Escape lays it down.",
        "circle": "Circle",
        "square": "Square",
        "radius": "±",
        "radius_long": "Radius around the probe, in units of the map",
        "armed": "Draw around codes on either map. Escape: stop.",
        "none": (
            "Draw around codes with the lasso; or take a circle or a square around the probe: arrow keys move the "
            "probe, + and − on it change the radius."
        ),
        "count": "{count} of {all} images ({share}) lie in the region of {name}'s map.",
        "of_samples": "It is counted on the samples that the map shows; code and CSV are means.",
        "of_umap": "The region is one of the map, which is no plane of the latent: distances in it do not count.",
        "of_umap_middle": (
            "It is a region of the map, where distances do not count, around the place of the probe, or of the code "
            "nearest to it."
        ),
        "other_dataset": "{name} saw another dataset, and has no code of them.",
        "classes": "Images in the region by class",
        "mean_of": "{name}",
        "mean_of_originals": "originals",
        "mean_label": "Mean picture of the region, {name}",
        "mean_all": "Mean picture: of the decoded codes, and of the originals where they are at hand.",
        "mean_some": "Mean picture of {count} of the {all}, evenly spaced by number.",
        "empty": "No image lies there.",
        "image": "image",
        "class": "class",
        "code_of": "{name} code",
        "kl_of": "{name} KL",
        "error_of": "{name} error",
        "pick": "Pick image {image}",
        "table_label": "Images in the region",
        "table_dims": "Of more than two dimensions, the two of the plane are shown. The CSV holds all.",
        "page": "{first}–{last} of {all}",
        "back": "Earlier images",
        "on": "Later images",
        "csv": "CSV",
        "csv_title": "All images of the region: class, codes in both models, KL and error where they are known",
        "clear": "Clear",
        "columns": {
            "image": "image (row of the {dataset} test set, from 0)",
            "class": "class",
            "mean": "{name} mean {dimension} (latent units)",
            "log_var": "{name} log_var {dimension} (log of squared latent units)",
            "code": "{name} code {dimension} (latent units)",
            "kl": "{name} KL of q(z|x) from N(0, I) (nats)",
            "error": "{name} error: BCE at the code or mean, summed over pixels (nats)",
        },
    },
    "find": {
        "name": "Find",
        "title": "Images by class, by error, KL, D or density, by number, or among another class's codes",
        "what": "Find",
        "image": "Image",
        "go": "Go",
        "by_place": "By their neighbours",
        "by_class": "By class",
        "misplaced": "misplaced images",
        "class": "class {class}",
        "largest": "largest {value}",
        "smallest": "smallest {value}",
        "error": "error",
        "kl": "KL",
        "judgement": "D",
        "density": "density",
        "no_kl": "the {kind} has no q(z|x)",
        "no_discriminator": "only an AAE has a discriminator",
        "no_discriminator_there": "D is read in two dimensions only",
        "counting": "Counting …",
        "of_class": "{count} images of class {class}, by number.",
        "misplaced_note": (
            "{count} of {all} images lie among another class: it has more of their {k} nearest codes than their own "
            "class has. Own class → that class."
        ),
        "error_note": "Error: BCE of the picture decoded at the code or mean, summed over pixels, nats.",
        "kl_note": (
            "KL(q(z|x)‖N(0, I)) of each image, nats. In the loss of a VAE with this prior it counts β times; one with "
            "another prior pays the KL to that prior."
        ),
        "judgement_note": (
            "D at the code: 1 where the discriminator takes it for a draw of the prior, 0 where for a code."
        ),
        "density_note": "Log of the density of all codes at the code, nats, by its ten nearest.",
        "page": "{first}–{last} of {all}",
        "back": "Earlier pictures",
        "on": "Later pictures",
        "thumb": "Image {image}, class {class}: {caption}",
        "thumb_misplaced": "Image {image}, class {class}: {votes} of its {k} nearest are {other}",
        "no_such_image": (
            "There is no such image: type a whole number from 0 to {last}, a row of the {dataset} test set."
        ),
        "picked": "Image {image}, class {class}",
    },
}
