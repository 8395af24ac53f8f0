"""The parts of one running window, handed to actions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gradloom.document import Document
    from gradloom.ui.canvas import Canvas
    from gradloom.ui.featuremaps import FeatureService
    from gradloom.ui.files import Files
    from gradloom.ui.health import HealthService
    from gradloom.ui.maps import MapService
    from gradloom.ui.theme import Theme
    from gradloom.ui.view import View
    from gradloom.ui.window import Window
    from gradloom.ui.worker import TrainingBridge


@dataclass
class Parts:
    """Everything an action may touch; made by `app.build` and nowhere else."""

    document: Document
    view: View
    theme: Theme
    bridge: TrainingBridge
    maps: MapService
    health: HealthService
    features: FeatureService
    canvas: Canvas
    window: Window
    files: Files
