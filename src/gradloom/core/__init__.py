"""What everything else stands on: checks, declared settings, problems, events, random streams.

For files: `reading` (strict JSON), `fields` and `arrays` (checked parts of it, with their place),
`versions`, `schema`, `writing` (whole or not at all).

Imports nothing of ours. A *setting* is declared once, with `param(...)`, on a frozen dataclass that
derives from `Declared`; forms, files, schemas, palettes and test strategies are read off it.
"""
