"""Every action of the program, once. Menus, shortcuts, command palette and help derive from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gradloom.session.training import Status
from gradloom.ui.parts import Parts

Do = Callable[[Parts], object]
Ask = Callable[[Parts], bool]


def _always(_: Parts) -> bool:
    return True


@dataclass(frozen=True)
class Action:
    """One thing a person can do. `menu` is its path ("Edit", "View/Theme"); "" hides it there.

    `when` says whether it makes sense now, `on` (for switches) whether it is in force, `words`
    gives a text that changes ("Undo Add Dense").
    """

    name: str
    menu: str
    text: str
    tip: str
    do: Do
    keys: tuple[str, ...] = ()
    icon: str = ""
    when: Ask = _always
    on: Ask | None = None
    words: Callable[[Parts], str] | None = None
    group: int = 0  # a separator stands between groups


def _selected(p: Parts) -> bool:
    return bool(p.view.selection)


def _layers(p: Parts) -> bool:
    return bool(p.view.selection.layers)


def _several(p: Parts) -> bool:
    return len(p.view.selection.layers) > 1


def _still(p: Parts) -> bool:
    return p.bridge.status is not Status.RUNNING


def _theme(mode: str, text: str, icon: str) -> Action:
    return Action(
        f"theme_{mode}",
        "View/Theme",
        text,
        f"Use the {text.lower()} theme.",
        lambda p: p.window.choose_theme(mode),
        icon=icon,
        on=lambda p: p.theme.mode == mode,
    )


def _align(how: str, text: str, icon: str) -> Action:
    return Action(
        f"align_{how}",
        "Network/Align",
        text,
        f"Put the selected layers in line: {text.lower()}.",
        lambda p: p.canvas.align(how),
        icon=icon,
        when=_several,
    )


ACTIONS: tuple[Action, ...] = (
    Action("new", "File", "New", "Start with an empty canvas.", lambda p: p.files.new(), ("Ctrl+N",), "file-plus"),
    Action("open", "File", "Open…", "Open a project (*.gradloom).", lambda p: p.files.open(), ("Ctrl+O",), "folder-open"),
    Action("samples", "File", "Samples…", "Choose among ready projects, each with something to see.", lambda p: p.window.show_samples(), ("Ctrl+Shift+O",), "book-open"),
    Action("open_table", "File", "Open Table…", "Train on a table of your own: CSV, Excel or Parquet.", lambda p: p.window.importer.ask(), ("Ctrl+T",), "table"),
    Action("paste_table", "File", "Paste Table", "Train on rows that were copied elsewhere, as in a spreadsheet.", lambda p: p.window.importer.paste(), ("Ctrl+Shift+V",), "clipboard"),
    Action("open_pictures", "File", "Open Pictures…", "Train on pictures of your own: a folder for each class, or IDX files as MNIST has them.", lambda p: p.window.importer.ask_pictures(), ("Ctrl+Shift+T",), "image", group=0),
    Action("save", "File", "Save", "Save the project with its training.", lambda p: p.files.save(), ("Ctrl+S",), "save", group=1),
    Action("save_as", "File", "Save As…", "Save under another name.", lambda p: p.files.save_as(), ("Ctrl+Shift+S",), "save", group=1),
    Action("export", "File", "Export Weights…", "Write the trained weights as JSON.", lambda p: p.files.export_weights(), ("Ctrl+E",), "file-json", group=2),
    Action("import", "File", "Import Weights…", "Put the weights of a JSON file back into this network.", lambda p: p.files.import_weights(), ("Ctrl+Shift+E",), "download", group=2),
    Action("quit", "File", "Quit", "Close Gradloom.", lambda p: p.window.close(), ("Ctrl+Q",), "x", group=9),
    Action("undo", "Edit", "Undo", "Take the last edit back.", lambda p: p.document.undo(), ("Ctrl+Z",), "undo-2", when=lambda p: bool(p.document.undo_label), words=lambda p: f"Undo {p.document.undo_label}".strip()),
    Action("redo", "Edit", "Redo", "Do again what was taken back.", lambda p: p.document.redo(), ("Ctrl+Shift+Z", "Ctrl+Y"), "redo-2", when=lambda p: bool(p.document.redo_label), words=lambda p: f"Redo {p.document.redo_label}".strip()),
    Action("cut", "Edit", "Cut", "Move the selected layers to the clipboard.", lambda p: p.canvas.cut(), ("Ctrl+X",), "scissors", when=_layers, group=1),
    Action("copy", "Edit", "Copy", "Copy the selected layers and the cables among them.", lambda p: p.canvas.copy(), ("Ctrl+C",), "copy", when=_layers, group=1),
    Action("paste", "Edit", "Paste", "Put copied layers on the canvas.", lambda p: p.canvas.paste(), ("Ctrl+V",), "clipboard", group=1),
    Action("duplicate", "Edit", "Duplicate", "Copy and paste the selected layers at once.", lambda p: p.canvas.duplicate(), ("Ctrl+D",), "layers", when=_layers, group=1),
    Action("delete", "Edit", "Delete", "Delete the selected layers and cables.", lambda p: p.canvas.delete(), ("Del", "Backspace"), "trash-2", when=_selected, group=1),
    Action("select_all", "Edit", "Select All", "Select every layer.", lambda p: p.canvas.select_all(), ("Ctrl+A",), "scan", group=2),
    Action("draw", "Edit", "Draw Points", "Draw points of your own on the decision map, erase and move them.", lambda p: p.window.draw(), ("D",), "pencil", when=lambda p: p.window.can_draw, on=lambda p: p.window.drawing, group=3),
    Action("commands", "Edit", "Find an Action…", "Search everything the program can do.", lambda p: p.window.show_commands(), ("Ctrl+K", "Ctrl+Shift+P"), "search", group=4),
    Action("zoom_in", "View", "Zoom In", "Make the canvas larger.", lambda p: p.canvas.zoom_in(), ("Ctrl++", "Ctrl+="), "zoom-in"),
    Action("zoom_out", "View", "Zoom Out", "Make the canvas smaller.", lambda p: p.canvas.zoom_out(), ("Ctrl+-",), "zoom-out"),
    Action("zoom_actual", "View", "Actual Size", "Show the canvas at 100 %.", lambda p: p.canvas.zoom_actual(), ("Ctrl+0",), "search"),
    Action("fit", "View", "Fit Network", "Show the whole network.", lambda p: p.canvas.fit(), ("F", "Ctrl+1"), "maximize"),
    Action("fit_selection", "View", "Fit Selection", "Show what is selected, large.", lambda p: p.canvas.fit_selection(), ("Shift+F", "Ctrl+2"), "scan", when=_layers),
    _theme("system", "System", "sun-moon"),
    _theme("light", "Light", "sun"),
    _theme("dark", "Dark", "moon"),
    Action("reset_layout", "View", "Reset Panels", "Put all panels where they were at first.", lambda p: p.window.docks.reset(), (), "layout-grid", group=8),
    Action("add", "Network", "Add Layer…", "Search a layer to add.", lambda p: p.window.focus_palette(), ("Ctrl+L", "/"), "plus"),
    Action("open_neurons", "Network", "Open or Close Neurons", "Show the neurons inside the selected layers, or close them.", lambda p: p.canvas.toggle_open(), ("O",), "expand", when=_layers),
    Action("arrange", "Network", "Arrange", "Lay the network out from left to right.", lambda p: p.canvas.arrange(), ("Ctrl+Shift+A",), "workflow", group=1),
    _align("left", "Left Edges", "align-start-vertical"),
    _align("right", "Right Edges", "align-start-vertical"),
    _align("top", "Top Edges", "align-start-horizontal"),
    _align("bottom", "Bottom Edges", "align-start-horizontal"),
    _align("centre", "Centres", "align-center-horizontal"),
    Action("train", "Train", "Train", "Train, or pause the training.", lambda p: p.bridge.toggle(), ("Space",), "play", words=lambda p: "Train" if _still(p) else "Pause"),
    Action("step_batch", "Train", "Step One Batch", "Train on just one mini-batch.", lambda p: p.bridge.step_batch(), (".",), "step-forward", when=_still),
    Action("step_epoch", "Train", "Step One Epoch", "Train to the end of this epoch.", lambda p: p.bridge.step_epoch(), ("Ctrl+.",), "skip-forward", when=_still),
    Action("walk", "Train", "Walk Through a Step", "Stop time and go through one training step, operation by operation.", lambda p: p.window.walk(), ("W",), "waypoints"),
    Action("reset", "Train", "Reset", "Start again from the same initial weights.", lambda p: p.bridge.reset(), ("Ctrl+R",), "rotate-ccw", group=1),
    Action("reseed", "Train", "Reseed", "Draw other initial weights and another order of the rows; the data stay.", lambda p: p.bridge.reseed(), ("Ctrl+Shift+R",), "dices", group=1),
    Action("redraw", "Train", "Draw Other Data", "Draw other points, and other rows for training, validation and test.", lambda p: p.bridge.redraw(), ("Ctrl+Alt+R",), "shuffle", group=1),
    Action("go_back", "Train", "Go Back to Good Weights", "After numbers ran away or a reset: take the weights from before.", lambda p: p.bridge.go_back(), (), "history", when=lambda p: p.bridge.can_go_back, group=2),
    Action("carry_over", "Train", "Carry Weights Over", "After other data or another seed: begin with the weights that these layers had before.", lambda p: p.bridge.carry_over(), (), "log-in", group=2),
    Action("help", "Help", "Help", "The ideas behind it, what can go wrong, and how to use the program; with a search.", lambda p: p.window.guide.toggle(), ("F1",), "book-open"),
    Action("help_here", "Help", "Help on This", "What there is to read about the selected layer, or about what has the keyboard.", lambda p: p.window.guide.here(), ("Shift+F1",), "circle-question-mark"),
    Action("shortcuts", "Help", "Keyboard Shortcuts", "All keys in one list.", lambda p: p.window.show_shortcuts(), ("Ctrl+F1",), "keyboard"),
    Action("about", "Help", "About Gradloom", "Version, licences and versions of what it is built on.", lambda p: p.window.show_about(), (), "info", group=1),
)  # fmt: skip
