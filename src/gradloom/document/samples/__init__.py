"""Ready projects: the first network a person sees, examples that train well, illnesses to see.

A sample is a value: its name, title, what to do with it, and the function that makes it. To add
one, put it into the table of its group; `gradloom.cli.publish` writes its file in
`resources/samples`, the gallery and the tests find it.
"""

from __future__ import annotations

from collections.abc import Mapping

from gradloom.document.samples.build import Sample, SampleGroup, chain
from gradloom.document.samples.classes import CLASSES
from gradloom.document.samples.first_steps import FIRST_STEPS, first_project
from gradloom.document.samples.gates import LOGIC_GATES
from gradloom.document.samples.illnesses import ILLNESSES
from gradloom.document.samples.pictures import PICTURES
from gradloom.document.samples.regression import REGRESSION
from gradloom.document.state import State

__all__ = ["GROUPS", "SAMPLES", "Sample", "SampleGroup", "chain", "first_project", "samples"]

GROUPS = (FIRST_STEPS, LOGIC_GATES, CLASSES, REGRESSION, PICTURES, ILLNESSES)
SAMPLES: Mapping[str, Sample] = {s.name: s for group in GROUPS for s in group.samples}


def samples() -> Mapping[str, State]:
    """The projects in `resources/samples`, by file name without the ending."""
    return {name: sample.state for name, sample in SAMPLES.items()}
