"""To and from other worlds: trained weights as JSON, and the schema of that file.

- `weights`: `export_weights`, `import_weights`, `load_weights`
- `codec`: Weights, as plain JSON and back; `fitting`: whether they fit a network
- `schema`: the published JSON Schema of a weights file
"""
