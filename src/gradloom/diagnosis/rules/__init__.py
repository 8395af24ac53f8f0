"""The rules, in the order in which findings are shown; one file per family."""

from gradloom.diagnosis.finding import Rule
from gradloom.diagnosis.rules.columns import DUPLICATES, IMBALANCE, LEAK, UNSCALED, UNSCALED_TARGETS
from gradloom.diagnosis.rules.fit import OVERFITTING
from gradloom.diagnosis.rules.flow import EXPLODING, VANISHING
from gradloom.diagnosis.rules.linear import LINEAR_STACK
from gradloom.diagnosis.rules.losses import LOSS_FIT, OUTPUT_RANGE
from gradloom.diagnosis.rules.rate import TOO_LARGE, TOO_SMALL
from gradloom.diagnosis.rules.slopes import NO_SLOPE
from gradloom.diagnosis.rules.start import SINGLE_ROW, SYMMETRY
from gradloom.diagnosis.rules.units import DEAD, SATURATED

RULES: tuple[Rule, ...] = (
    LOSS_FIT,
    OUTPUT_RANGE,
    NO_SLOPE,
    SYMMETRY,
    SINGLE_ROW,
    LINEAR_STACK,
    UNSCALED,
    UNSCALED_TARGETS,
    LEAK,
    DUPLICATES,
    IMBALANCE,
    TOO_LARGE,
    VANISHING,
    EXPLODING,
    DEAD,
    SATURATED,
    OVERFITTING,
    TOO_SMALL,
)
