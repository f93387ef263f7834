"""Rates of Presidio with its patterns alone: `python presidio.py FILE...`.

It runs in an environment of its own. No model of a language is loaded, which makes it as fast as
it can be. It prints a line for each file: octets a second.
"""

import logging
import pathlib
import sys
import time

import spacy
from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
from presidio_analyzer.nlp_engine import NlpEngine, SpacyNlpEngine

CHARACTERS = 20_000
"""Of one call."""
SECONDS = 8.0
"""Of the processor that are given to a file."""


def blank() -> NlpEngine:
    """Return an engine with a tokeniser and nothing else."""
    engine = SpacyNlpEngine(models=[{"lang_code": "zh", "model_name": "blank"}])
    engine.nlp = {"zh": spacy.blank("zh")}
    return engine


def analyzer() -> AnalyzerEngine:
    """Return Presidio with all predefined patterns that it has for any language, and Chinese."""
    registry = RecognizerRegistry(supported_languages=["zh"])
    registry.load_predefined_recognizers(languages=["zh"])
    return AnalyzerEngine(registry=registry, nlp_engine=blank(), supported_languages=["zh"])


def rate(engine: AnalyzerEngine, text: str) -> float:
    """Return octets a second over as much of a text as the time allows."""
    began, done, octets = time.process_time(), 0, 0
    while done < len(text) and time.process_time() - began < SECONDS:
        part = text[done : done + CHARACTERS]
        engine.analyze(part, language="zh")
        done += len(part)
        octets += len(part.encode())
    return octets / (time.process_time() - began)


def main() -> None:
    """Print the rate of each file."""
    logging.disable(logging.CRITICAL)
    engine = analyzer()
    engine.analyze("warm", language="zh")
    for name in sys.argv[1:]:
        print(rate(engine, pathlib.Path(name).read_text("utf-8")))


if __name__ == "__main__":
    main()
