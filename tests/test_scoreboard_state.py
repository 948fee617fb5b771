"""The scoreboard's state in the address: a round trip, and a sentence for everything that cannot be."""

from hypothesis import given
from hypothesis import strategies as st

from explorer.address import scoreboard as address

MODELS = {"mnist": ["runs/mine", "mnist-vae", "mnist-aae"], "digits": ["digits-vae", "digits-aae"], "old": []}
states = st.sampled_from([(dataset, name) for dataset, names in MODELS.items() for name in names or [None]]).flatmap(
    lambda pair: st.fixed_dictionaries({
        "dataset": st.just(pair[0]), "model": st.just(pair[1]), "runs": st.sampled_from(["newest", "all"]),
    })
)  # fmt: skip


@given(states)
def test_an_address_gives_its_state_back(wanted):
    assert address.parse(address.to_params(wanted), MODELS) == (wanted, [])
    assert address.holds(wanted, MODELS)


def test_dataset_and_model_stand_in_the_address():
    state, _ = address.parse({"model": "digits-aae"}, MODELS)
    assert address.to_params(state) == {"dataset": "digits", "model": "digits-aae"}
    assert address.to_params(state | {"runs": "all"})["runs"] == "all"


def test_what_an_address_leaves_out_is_the_first():
    assert address.parse({}, MODELS)[0] == {"dataset": "mnist", "model": "runs/mine", "runs": "newest"}
    assert address.parse({"dataset": "digits"}, MODELS)[0]["model"] == "digits-vae"
    assert address.parse({"model": "digits-aae"}, MODELS) == (
        {"dataset": "digits", "model": "digits-aae", "runs": "newest"},
        [],
    )


def test_unknown_values_are_ignored_with_a_sentence():
    state, problems = address.parse({"dataset": "digits", "model": "mnist-vae", "runs": "many"}, MODELS)
    assert state == {"dataset": "digits", "model": "digits-vae", "runs": "newest"}
    assert len(problems) == 2
    assert any("model=mnist-vae was ignored: there is no such model here" in problem for problem in problems)
    assert any("runs=many was ignored: it can be newest or all" in problem for problem in problems)
    state, (problem,) = address.parse({"dataset": "letters"}, MODELS)
    assert state["dataset"] == "mnist" and "dataset=letters was ignored: it can be mnist, digits or old" in problem


@given(st.dictionaries(st.sampled_from([*address.PARAMETERS, "x"]), st.text(max_size=60) | st.just("digits-vae")))
def test_no_address_breaks_the_page(params):
    parsed, problems = address.parse(params, MODELS)
    assert len(problems) <= len(params) and address.holds(parsed, MODELS)
    assert address.parse(address.to_params(parsed), MODELS) == (parsed, [])


def test_a_kept_state_holds_as_long_as_its_model_is_there():
    state = {"dataset": "mnist", "model": "runs/mine", "runs": "newest"}
    assert address.holds(state, MODELS)
    assert not address.holds(state, {"mnist": ["mnist-vae"]}) and not address.holds(state, {"digits": ["runs/mine"]})
    assert not address.holds(state | {"dataset": "gone", "model": None}, MODELS)
