"""Logic gates: what one neuron can do, and what it can't."""

from __future__ import annotations

from functools import partial

from gradloom.document.samples.build import Sample, SampleGroup, dense, drawn, opened, plan, project
from gradloom.document.state import State
from gradloom.layers import INITIALISERS


def _neuron(gate: str) -> State:
    """One neuron. A step can't be learnt by its slope (0), so it is a sigmoid."""
    how = plan("sgd", 1.0, 4, epochs=500)
    return opened(project([dense(1, "sigmoid")], drawn("gate", gate=gate), how))


def _by_hand() -> State:
    """A neuron with a step, its border where OR has it: for AND only the bias must be moved."""
    start = {
        "kernel_init": INITIALISERS.make("constant", value=1.0),
        "bias_init": INITIALISERS.make("constant", value=-0.5),
    }
    how = plan("sgd", 1.0, 4, epochs=10)
    return opened(project([dense(1, "step", **start)], drawn("gate", gate="and"), how))


def _xor_gate() -> State:
    """Two hidden neurons suffice, but only half of all starts find the way; with five all do."""
    layers = [dense(5, "tanh"), dense(1, "sigmoid")]
    return opened(project(layers, drawn("gate", gate="xor"), plan("adam", 0.05, 4, epochs=300)))


LOGIC_GATES = SampleGroup(
    "Logic gates",
    (
        Sample(
            "and_gate",
            "AND",
            "Press Space: one neuron draws one straight line, and pushes it until only (1, 1) is"
            " left on the other side.",
            partial(_neuron, "and"),
        ),
        Sample(
            "or_gate",
            "OR",
            "The same neuron as for AND learns another truth table: compare weights and bias after"
            " training. The weights agree in sign, the bias is nearer to 0.",
            partial(_neuron, "or"),
        ),
        Sample(
            "nand_gate",
            "NAND",
            "AND turned round: press Space and see that every weight and the bias only change their"
            " sign. Any circuit can be built of NAND gates.",
            partial(_neuron, "nand"),
        ),
        Sample(
            "xor_neuron",
            "XOR, one neuron",
            "Press Space: no straight line parts these four rows, so a single neuron ends up"
            " saying ½ to all. Drop a Dense on the first cable and train again.",
            partial(_neuron, "xor"),
        ),
        Sample(
            "xor_gate",
            "XOR",
            "Press Space: five hidden neurons bend the line. Set them to two and press"
            " Ctrl+Shift+R a few times: about half of all starts get stuck.",
            _xor_gate,
        ),
        Sample(
            "gate_by_hand",
            "Gate by hand",
            "A neuron with a step, which can't learn. Click the small circle, its bias, and turn"
            " the wheel until only (1, 1) is on the other side. Then choose NAND or XOR in Data.",
            _by_hand,
            ("no_slope",),
        ),
    ),
)
