"""Settings that kinds with weights share."""

from gradloom.engine.plan import Plan
from gradloom.layers import LAYERS

_SHARED = ("l1", "l2", "regularise_bias", "learn")


def test_dense_and_conv2d_say_the_same_of_decay_and_learning():
    dense, conv = ({s.name: s for s in LAYERS[kind].settings()} for kind in ("dense", "conv2d"))
    for name in _SHARED:
        assert (dense[name].label, dense[name].help) == (conv[name].label, conv[name].help)
        assert dense[name].live
        assert conv[name].live
        assert dense[name] is not conv[name]


def test_decay_is_said_as_it_is_shown():
    for record in (LAYERS["dense"], LAYERS["conv2d"], Plan):
        for setting in record.settings():
            if setting.name in ("l1", "l2"):
                assert "the loss shown is without it" in setting.help
