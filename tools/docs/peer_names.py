"""Prints, as JSON, what a peer calls its options: classes and their arguments, as the installed package has them."""

from __future__ import annotations

import importlib
import inspect
import json
import sys


def arguments(function) -> list[str]:
    named = inspect.signature(function).parameters.values()
    kinds = (inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL)
    return [parameter.name for parameter in named if parameter.kind not in kinds and parameter.name != "self"]


def transformers() -> dict[str, list[str]]:
    config = importlib.import_module("transformers").ReformerConfig
    models = importlib.import_module("transformers.models.reformer.modeling_reformer")
    names = ("ReformerModel", "ReformerModelWithLMHead", "ReformerForMaskedLM", "ReformerForSequenceClassification", "ReformerForQuestionAnswering")
    keys = [key for key in config().to_dict() if not key.startswith("_")]
    return {"ReformerConfig": keys, **{name: arguments(getattr(models, name).forward) for name in names}}


def reformer_pytorch() -> dict[str, list[str]]:
    module = importlib.import_module("reformer_pytorch")
    classes = {name: getattr(module, name) for name in ("Reformer", "ReformerLM", "LSHAttention", "LSHSelfAttention", "ReformerEncDec", "Recorder", "Autopadder")}
    training = importlib.import_module("reformer_pytorch.generative_tools").TrainingWrapper
    calls = {f"{name}()": arguments(classes[name].forward) for name in ("LSHAttention", "LSHSelfAttention", "ReformerEncDec")}
    return {**{name: arguments(kind) for name, kind in classes.items()}, **calls, "TrainingWrapper": arguments(training), "generate": arguments(training.generate)}


def trax() -> dict[str, list[str]]:
    models = importlib.import_module("trax.models.reformer.reformer")
    attention = importlib.import_module("trax.layers.research.efficient_attention")
    layers = ("SelfAttention", "LSHSelfAttention", "MixedLSHSelfAttention")
    return {
        **{name: arguments(getattr(models, name)) for name in ("ReformerLM", "Reformer", "ReformerShortenLM")},
        **{name: arguments(getattr(attention, name).__init__) for name in layers},
    }


print(json.dumps({name: {"transformers": transformers, "reformer-pytorch": reformer_pytorch, "trax": trax}[name]() for name in sys.argv[1:]}))
