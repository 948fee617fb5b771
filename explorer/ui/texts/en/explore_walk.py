"""The explorer's tool Morph. `{name}` places are filled by the script."""

WORDS = {
    "name": "Morph",
    "title": "Ways through the latent space, frame by frame",
    "parts": "What to do",
    "walk_part": "Walk",
    "sum_part": "Class means",
    # what a walk is made of
    "kind": "Waypoints are",
    "points": "points",
    "points_title": "Both models walk through the same coordinates",
    "images": "images",
    "images_title": "Each model walks between its own codes of the same test images",
    "same": "Both models walk the same coordinates.",
    "own": "Each model walks between its own codes of the same images.",
    "way": "Way",
    "ways": {"line": "straight line", "circle": "great circle", "curve": "smooth curve"},
    "frames": "Frames",
    "examples": "Walks to try",
    "example": "Try …",
    "through_hole": "through a hole in q(z) ({name})",
    "through_gap": "through the largest gap between codes ({name})",
    "two_images": "from a {a} to a {b}",
    "across": "across the prior",
    "empty_points": (
        "Click a map: each click sets a waypoint, and the walk goes from one to the next, in both models. Or choose "
        "one under “Try …”."
    ),
    "empty_images": (
        "Click codes on a map: each click takes that image, and the walk goes from its code to the next one's. Or "
        "choose one under “Try …”."
    ),
    "example_images": "An example, between two test images. Click a code on a map: your own walk takes its place.",
    "example_points": "An example. Click a map: your own walk takes its place.",
    "one": "One waypoint: click the map where the walk should go.",
    "full": "A walk has at most {most} waypoints: remove one first.",
    "no_code": "No code is near: click a dot, its image becomes a waypoint.",
    "other_images": "{name} saw another dataset ({dataset}): it has no codes of these images.",
    "opposite": (
        "Two waypoints lie on opposite sides of 0, where all great circles are equally short: this one turns "
        "counter-clockwise."
    ),
    "opposite_many": (
        "Two waypoints lie on opposite sides of 0, where all great circles are equally short: this one goes over the "
        "axis that the first lies least along."
    ),
    "many": (
        "These models have up to {dimensions} dimensions: the walk goes through all of them (a model of fewer sees "
        "the first ones). On a UMAP the codes nearest to its frames are ringed, other than the waypoints themselves."
    ),
    # the strips
    "film": "{name}: {frames} frames of the walk",
    "chart": "{name}: log q(z) and log p(z) along the walk",
    "legend": "Log density, nats:",
    "legend_q": "q(z)",
    "legend_p": "p(z)",
    "legend_hole": "hole: q(z) < ⅕ p(z)",
    "unmarked": "Holes are not marked in more than {most} dimensions: ten neighbours miss most of them.",
    "of": {"sampled": "sampled z", "codes": "codes"},
    "reading": "log q {q} · log p {p}",
    "in_hole": "hole",
    "holes": "{holes} of {frames} frames in a hole",
    "probe_there": "Probe there",
    "probe_there_of": "Probe there: put it at the {name}'s frame",
    "probe_put": "The probe is at frame {frame} of the {name}'s walk",
    # the player
    "play": "Play",
    "pause": "Pause",
    "cursor": "Frame of the walk",
    "frame": "frame {frame} of {frames}",
    "at_cursor": "{name} at the cursor",
    "seconds": "Seconds a frame",
    "gif": "Save as GIF",
    "gif_title": "An animated GIF of both models side by side, that loops",
    "gif_done": "{file}: {frames} frames, {size} kB",
    "gif_frame": "{frame} / {frames}",
    # the list of waypoints
    "stops": "Waypoints",
    "stop": "Waypoint {at}",
    "stop_number": "Waypoint {at}, dimension {dimension}",
    "stop_image": "Waypoint {at}, number of the test image",
    "stop_in_map": "Waypoint {at} in the {name} map; arrow keys move it, Delete removes it",
    "class": "class {name}",
    "up": "Earlier: waypoint {at}",
    "down": "Later: waypoint {at}",
    "remove": "Remove waypoint {at}",
    "add_probe": "Add the probe",
    "add_probe_title": "The probe's mean becomes the last waypoint",
    "add_pick": "Add the picked image",
    "add_pick_title": "The image that is marked on both maps becomes the last waypoint",
    "nothing_picked": "No image is picked: leave this tool, and click a code",
    "add_number": "Add image no.",
    "add_number_label": "Number of the test image to add",
    "clear": "Clear",
    "bring_back": "Back to my waypoints",
    "bring_back_title": "Your waypoints again, as they were before an example or Clear took their place",
    "exact": "Exact waypoints",
    "announced_stops": "{count} waypoints",
    # class means
    "sum": "mean of class {a} − mean of class {b}",
    "mean_of": "Mean of class",
    "minus": "− mean of class",
    "plus": "+",
    "first_class": "Class whose mean is added",
    "second_class": "Class whose mean is subtracted",
    "start": "Start",
    "start_probe": "the probe",
    "start_image": "the picked image",
    "start_picture": "{name} at the start",
    "result_picture": "{name} at the result",
    "before": "start",
    "after": "result",
    "near": "{share} of the {of} nearest codes: class {name}",
    "no_start": "{name} has no code of the picked image. Pick one: leave this tool, and click a code.",
    "no_class": "{name} has no codes of one of these classes.",
    "at": "at {place}",
    "far": "{length} long",
    "sum_note": (
        "The class means are means of the test codes (for a VAE, of the means of q(z|x)), each model's own, in all "
        "its dimensions. On the maps: dashed, from the mean of the second class to that of the first; solid, the same "
        "vector from the start to the result. On a UMAP there are no vectors: the code nearest to the result is "
        "ringed, other than the picked image's."
    ),
    "different_classes": "The two models saw different datasets: class {a} and class {b} mean something else in each.",
    # how it is computed
    "how": "How this is computed",
    "about": [
        (
            "Each leg from one waypoint to the next takes the same number of frames, in both models. The frames are "
            "decoded in this browser."
        ),
        (
            "Great circle: the direction turns at a constant rate by slerp, [sin((1 − t)Ω) a/|a| + sin(tΩ) b/|b|] / "
            "sin Ω (Shoemake 1985; for latent codes White 2016, arXiv 1609.04468), while the norm goes linearly from "
            "|a| to |b|. Where both norms are equal, it stays on a sphere about 0. (White's own code puts the weights "
            "before a and b themselves: the same where the norms are equal.) From or to 0, which has no direction, it "
            "is the straight line. Between opposite points it turns counter-clockwise; in more than two dimensions, "
            "over the axis that the first point lies least along."
        ),
        (
            "Smooth curve: Catmull and Rom's (1974) through all waypoints; beyond the ends, their mirror images. With "
            "two waypoints it is the straight line."
        ),
        (
            "log q(z) is an estimate from the 10 nearest of the test set's codes: 10 / (number of codes × volume of "
            "the ball that just holds them). For a VAE the codes are sampled z, one draw of q(z|x) an image, since "
            "that is what p(z) is compared with. In the plane, log p(z) is exact; in more dimensions it is estimated "
            "the same way from as many draws of p(z), since such balls are too wide for either density there."
        ),
        (
            "A frame is in a hole where q(z) is less than a fifth of p(z): log p − log q > log 5 = 1.61. In the plane "
            "the estimate's standard deviation is 0.33 nats: of 3,000 draws of N(0, I), measured against 10,000 "
            "others, none is called a hole. With a quarter of p(z)'s mass missing from the codes, the rule finds 88 % "
            "of the draws that fall there in the plane, 71 % in 3 dimensions, 9 % in 16 and 5 % in 32. So no hole is "
            "marked in more than 3 dimensions."
        ),
        (
            "Under “Try …”, the largest gap is where p(z) × the squared distance to the nearest code is largest. There "
            "is a largest gap in any codes: it is called a hole only where this rule finds one."
        ),
    ],
}
