"""Help inside the program. A topic is one Markdown file in `resources/help`, written once.

It begins with lines `name: value` between two lines of `---` (see `topics`): its title, its group
and place in the index, a sentence for the index, the words people search it by, and what it is
about. From that derive the index, the search, the "?" beside a setting, "Learn more" and F1.

Recipe, to add a topic: write its file; end it with a heading "Try it" and something to do. A link
is `[words](topic:NAME)`, `sample:`, `table:`, `do:` an action, `panel:`, `add:` a layer kind, or
`set:` an edit such as `set:dense_1.activation=sigmoid` (see `experiments`). A paragraph in `$$` is
a formula, `![words](curve:NAME)` the curve of an activation. The tests say where a link leads
nowhere, what has no topic, and whether what "Try it" promises comes true.

- `subjects`: what a topic can be about, as text ("activation:relu", "rule:dead_units")
- `topics`: reading, index, search; `links`: what links mean; `experiments`: edits they make
- `page`: a topic as Qt paints it, `pictures` on it; `panel`: with index, search, back and forward
- `guide`: what the window asks; nothing else here is imported before somebody needs help
"""
