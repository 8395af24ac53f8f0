"""What is wrong with how a network learns, as values: measured, judged by rules, mended by edits.

A *finding* is not a problem: it never stops training. A rule is a value in `rules/`: its name and
a function from the evidence to findings, each with a sentence, the numbers that speak for it, a
reason with its source and the names of remedies. Static rules read the state alone and speak at
once; others read a running training and must be right twice in a row (early ones judge its start
values too, at once). No Qt, no threads here.

Recipe, to add a rule: write its function in `rules/`, add it to the table `rules.RULES`, give its
test one network that has the illness and one that has not, and tell of it in `resources/help` with
a way to provoke it. The test over the samples says whether it cries wolf.

- `finding`: Finding, Rule, Evidence
- `measure`: Meter, one batch run and what is seen in it: activations, slopes, updates, weights
- `facts`: what the data says before any training
- `remedies`: REMEDIES, undoable edits State -> State
- `collapse`: a stack of linear layers as the one layer it is
- `watch`: Watch, which findings stand now, without flicker
"""

from gradloom.diagnosis.finding import Evidence, Finding, Rule
from gradloom.diagnosis.measure import LayerHealth, Measurement, Meter, ParameterHealth
from gradloom.diagnosis.remedies import REMEDIES, Remedy
from gradloom.diagnosis.rules import RULES
from gradloom.diagnosis.watch import Mark, Watch

__all__ = [
    "REMEDIES",
    "RULES",
    "Evidence",
    "Finding",
    "LayerHealth",
    "Mark",
    "Measurement",
    "Meter",
    "ParameterHealth",
    "Remedy",
    "Rule",
    "Watch",
]
