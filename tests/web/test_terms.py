"""The glossary's terms in a text, in Node: which words are found, each once, and the text stays as it is."""

from __future__ import annotations

from explorer.ui import guide

PIECES = "const used = new Set(); return texts.map((text) => pieces(text, finder(glossary), used));"


def pieces(compute, *texts: str) -> list[list[dict]]:
    return compute("parts/terms", PIECES, texts=texts, glossary=guide.glossary())


def test_terms_are_found_once_and_the_text_stays(compute):
    texts = ("The VAE keeps its codes tidy with a KL term,", " the AAE's prior and its codes: Coverage, q(z|x).")
    found = pieces(compute, *texts)
    assert tuple("".join(piece["text"] for piece in parts) for parts in found) == texts
    names = [piece["name"] for parts in found for piece in parts if piece["name"]]
    assert names == ["vae", "code", "kl", "aae", "prior", "coverage", "posterior"]
    assert [piece["text"] for piece in found[0] if piece["name"]] == ["VAE", "codes", "KL term"]  # the longest form


def test_parts_of_words_and_of_formulas_are_no_terms(compute):
    [parts] = pieces(compute, "decoded, KL(q‖p), encoders of KL-like nullity, log p(z)/q(z)")
    assert [piece["text"] for piece in parts if piece["name"]] == ["encoders", "p(z)", "q(z)"]


def test_the_letters_of_a_text_are_terms(compute):
    found = pieces(compute, "D's rate, JSD, D(z), 2-D; the AE's W₂²")
    assert [(piece["text"], piece["name"]) for piece in found[0] if piece["name"]] == [
        ("D", "discriminator"),
        ("AE", "autoencoder"),
        ("W₂²", "sliced"),
    ]
