"""Gradloom: a desktop laboratory for neural networks. (Filled in when the house stands.)"""

__version__ = "0.1.0"
